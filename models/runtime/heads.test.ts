import * as nativeOrt from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { LabError } from '../lab-error';
import type { Tensor } from '../tensor';
import { openModel } from './open-model';
import { byPart, queryCount } from './output-queries';
import { runRaw } from './raw';
import { seededModel } from './seeded-model';

const CORE = {
  model_type: 'perceiver',
  num_latents: 6,
  d_latents: 16,
  d_model: 8,
  num_self_attends_per_block: 2,
  num_self_attention_heads: 2,
  num_cross_attention_heads: 1,
  qk_channels: 16,
  v_channels: 16,
};
const native = { engine: 'native', threads: 1 } as const;
const ask = { runId: 'r', topK: 2 };

function open(architecture: string, more: object = {}, files: Readonly<Record<string, string>> = {}) {
  return openModel(nativeOrt, seededModel('m', { ...CORE, architectures: [architecture], ...more }, 5, files), native);
}

/** The batch row 0 of numbers that follow a wave, of any shape. */
function wave(...shape: number[]): Tensor {
  const count = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: count }, (_, index) => Math.sin(index)) };
}

describe('A text classifier', () => {
  it('answers a text with classes, and has one output query', async () => {
    const model = await open('PerceiverForSequenceClassification', {
      max_position_embeddings: 24,
      id2label: { 0: 'question', 1: 'statement', 2: 'other' },
    });
    const { result, ask: question } = await model.run(
      { modality: 'text', bytes: new TextEncoder().encode('Who is there?'), masks: [] },
      ask,
    );
    expect(result.output).toMatchObject({ kind: 'classes' });
    if (result.output.kind !== 'classes') throw new Error();
    expect(result.output.classes.map(({ label }) => label).sort()).toEqual(['other', 'question', 'statement']);
    expect(result.output.classes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 6);
    expect([result.queries, result.inputRows]).toEqual([1, 15]);
    const composed = await question({ runId: 'r', step: { kind: 'composed', countResidual: true }, head: 'mean', rows: [0] });
    expect(composed.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
    await model.dispose();
  });
});

describe('A picture model with a convolution', () => {
  it('reads the grid that convolution and maximum leave, and its maps lie on that', async () => {
    const files = { 'preprocessor_config.json': JSON.stringify({ size: 32, crop_size: 32 }) };
    const model = await open('PerceiverForImageClassificationConvProcessing', {}, files);
    const image = { width: 40, height: 50, data: new Uint8Array(40 * 50 * 4).fill(90) };
    const { result, ask: question } = await model.run({ modality: 'image', image }, ask);
    expect(result.layout).toEqual({ kind: 'grid', height: 7, width: 7 });
    expect([result.inputRows, model.model.info?.inputRows]).toEqual([49, 49]);
    const map = await question({ runId: 'r', step: { kind: 'encoder' }, head: 'mean', rows: [3] });
    expect(map.weights).toHaveLength(49);
    await model.dispose();
  });

  it('refuses a picture of which nothing would be left', async () => {
    const model = await open('PerceiverForImageClassificationConvProcessing');
    await expect(runRaw(model, new Map([['inputs', wave(1, 3, 4, 30)]]))).rejects.toThrow(/4 × 30 pixels is too small/);
    await model.dispose();
  });
});

const FLOW = { train_size: [6, 5] };
const MULTIMODAL = {
  num_frames: 2,
  audio_samples_per_frame: 16,
  samples_per_patch: 4,
  image_size: 8,
  output_shape: [1, 2, 8, 8],
  output_num_channels: 12,
  _label_trainable_num_channels: 16,
};
const CLIP = [
  ['inputs.audio', wave(1, 32, 1)],
  ['inputs.image', wave(1, 2, 3, 8, 8)],
  ['inputs.label', wave(1, 2)],
] as const;
const points = (...indices: number[]): Tensor => ({ shape: [indices.length], data: Float32Array.from(indices) });

describe('Outputs of many queries', () => {
  it('are the same whether they are asked for at once or some at a time', async () => {
    const model = await open('PerceiverForMultimodalAutoencoding', MULTIMODAL);
    const all = await runRaw(model, new Map(CLIP));
    expect([...all].map(([name, { shape }]) => [name, shape])).toEqual([
      ['logits.audio', [1, 32]],
      ['logits.image', [1, 128, 3]],
      ['logits.label', [1, 2]],
    ]);
    const some = await runRaw(
      model,
      new Map([...CLIP, ['subsampled_output_points.audio', points(7, 2)], ['subsampled_output_points.image', points(127, 0, 127)]]),
    );
    const image = all.get('logits.image')!.data;
    const picked = [...image.subarray(381), ...image.subarray(0, 3), ...image.subarray(381)];
    for (const [index, value] of picked.entries()) expect(some.get('logits.image')!.data[index]).toBeCloseTo(value, 5);
    expect(some.get('logits.audio')!.shape).toEqual([1, 8]);
    await model.dispose();
  });

  it('are numbered through all parts', () => {
    const part = (name: string, count: number) => ({ name, count, feeds: () => ({}) });
    const queries = [part('audio', 2), part('image', 3), part('label', 1)];
    expect(queryCount(queries)).toBe(6);
    expect(byPart(queries, [1, 2, 4, 5, 0]).map(({ part: { name }, chosen }) => [name, chosen])).toEqual([
      ['audio', [1]],
      ['image', [0, 2]],
      ['label', [0]],
      ['audio', [0]],
    ]);
    expect(() => byPart(queries, [6])).toThrow(/no query 6/);
  });
});

describe('Tensors of other heads', () => {
  it.each([
    ['PerceiverForOpticalFlow', FLOW, { inputs: wave(1, 2, 27, 5, 6) }, '“inputs” should be [B, 2, 27, 6, 5]'],
    ['PerceiverModel', {}, { inputs: wave(1, 4, 9) }, '“inputs” should be [B, …, 8]'],
    ['PerceiverForMultimodalAutoencoding', MULTIMODAL, { 'inputs.audio': wave(1, 32, 1) }, 'no tensor “inputs.image”'],
    ['PerceiverForMultimodalAutoencoding', MULTIMODAL, { ...Object.fromEntries(CLIP), 'inputs.audio': wave(1, 31, 1) }, '31 samples'],
    [
      'PerceiverForMultimodalAutoencoding',
      MULTIMODAL,
      { ...Object.fromEntries(CLIP), 'inputs.image': wave(1, 2, 3, 8, 6) },
      '8 × 6 pixels',
    ],
    [
      'PerceiverForMultimodalAutoencoding',
      MULTIMODAL,
      { ...Object.fromEntries(CLIP), 'subsampled_output_points.image': points(128) },
      'names the point 128; the points are 0 to 127',
    ],
  ])('of %s are refused in a sentence where they do not fit', async (architecture, more, inputs, sentence) => {
    const model = await open(architecture, more);
    await expect(runRaw(model, new Map(Object.entries(inputs)))).rejects.toThrow(sentence);
    await model.dispose();
  });

  it('are all that a head without files of its own takes, and it says so', async () => {
    const model = await open('PerceiverForOpticalFlow', FLOW);
    const run = model.run({ modality: 'text', bytes: new Uint8Array(3), masks: [] }, ask);
    await expect(run).rejects.toThrow(LabError);
    await expect(run).rejects.toThrow(/neither pictures nor texts/);
    await model.dispose();
  });
});
