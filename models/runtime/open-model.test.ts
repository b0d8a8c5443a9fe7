import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as nativeOrt from 'onnxruntime-node';
import { describe, expect, it, vi } from 'vitest';
import { bytesSource } from '../checkpoint/byte-source';
import { bfloatsToFloat32, halvesToFloat32 } from '../checkpoint/half';
import { writeSafetensors } from '../checkpoint/safetensors';
import { type ModelSource, readModelInfo } from './model-source';
import { openModel } from './open-model';
import type { Ort } from './ort';
import { runRaw } from './raw';
import { type SeededModel, seededModel } from './seeded-model';
import { layerCalls } from './stages';
import type { RunProgress } from './types';

const TEXT = {
  model_type: 'perceiver',
  architectures: ['PerceiverForMaskedLM'],
  num_latents: 6,
  d_latents: 16,
  d_model: 8,
  num_blocks: 2,
  num_self_attends_per_block: 3,
  num_self_attention_heads: 2,
  num_cross_attention_heads: 2,
  max_position_embeddings: 24,
};
const native = { engine: 'native', threads: 1 } as const;
const input = { modality: 'text', bytes: new TextEncoder().encode('some bytes'), masks: [{ start: 0, end: 4 }] } as const;

const weightsOf = (bytes: Uint8Array) => new Map([['model.safetensors', bytesSource(bytes)]]);

/** The same model with other weights. */
function changed(model: SeededModel, change: (name: string, data: Float32Array) => Float32Array): ModelSource {
  const tensors = [...model.tensors].map(([name, { shape, data }]) => [name, { shape, data: change(name, data) }] as const);
  return { ...model, weights: weightsOf(writeSafetensors(tensors)) };
}

/** The same model with its weights cut to 16 bits. */
function stored(model: SeededModel, dtype: 'F16' | 'BF16'): { halves: ModelSource; widened: ModelSource } {
  const bits = (value: number): number => {
    const full = new Uint32Array(Float32Array.of(value).buffer)[0]!;
    if (dtype === 'BF16') return full >>> 16;
    const exponent = ((full >>> 23) & 0xff) - 112;
    return ((full >>> 16) & 0x8000) | (exponent <= 0 ? 0 : (exponent << 10) | ((full >>> 13) & 0x3ff));
  };
  const parts = [...model.tensors].map(([name, { shape, data }]) => ({ name, shape, data: Uint16Array.from(data, bits) }));
  let at = 0;
  const header: Record<string, object> = {};
  for (const { name, shape, data } of parts) {
    header[name] = { dtype, shape, data_offsets: [at, at + data.byteLength] };
    at += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  let place = 8 + text.length;
  for (const { data } of parts) {
    file.set(new Uint8Array(data.buffer), place);
    place += data.byteLength;
  }
  const widen = dtype === 'F16' ? halvesToFloat32 : bfloatsToFloat32;
  const exact = parts.map(({ name, shape, data }) => [name, { shape, data: widen(data) }] as const);
  return { halves: { ...model, weights: weightsOf(file) }, widened: { ...model, weights: weightsOf(writeSafetensors(exact)) } };
}

async function logitsOf(source: ModelSource, options: { callFlops?: number } = {}): Promise<Float32Array> {
  const model = await openModel(nativeOrt, source, { ...native, ...options });
  const ids = Float32Array.of(4, 10, 3, 40, 5);
  const tensors = await runRaw(model, new Map([['inputs', { data: ids, shape: [1, 5] }]]));
  await model.dispose();
  return tensors.get('logits')!.data;
}

const largestDifference = (a: Float32Array, b: Float32Array) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('A model', () => {
  it('tells its shape from config and header alone', async () => {
    const model = seededModel('text', TEXT, 1);
    const reads: number[] = [];
    const file = model.weights.get('model.safetensors')!;
    const counted = { ...file, read: (at: number, length: number) => (reads.push(length) ? file.read(at, length) : Promise.reject()) };
    const info = await readModelInfo({ ...model, weights: new Map([['model.safetensors', counted]]) });
    expect(info).toMatchObject({
      task: 'masked-lm',
      inputRows: 24,
      inputChannels: 8,
      latents: 6,
      latentChannels: 16,
      blocks: 2,
      layersPerBlock: 3,
    });
    expect(info).toMatchObject({
      encoderHeads: 2,
      layerHeads: 2,
      decoderHeads: 8,
      queries: 24,
      outputs: 262,
      weightType: 'F32',
      notes: [],
      labels: [],
    });
    expect(reads).toHaveLength(2);
    expect(reads[0]! + reads[1]!).toBeLessThan(file.size / 2);
  });

  it.each(['F16', 'BF16'] as const)('stored as %s computes with the widened weights', async (dtype) => {
    const { halves, widened } = stored(seededModel('text', TEXT, 1), dtype);
    expect((await readModelInfo(halves)).weightType).toBe(dtype);
    expect(largestDifference(await logitsOf(halves), await logitsOf(widened))).toBeLessThan(1e-5);
  });

  it('computes the same however its layers are cut into calls', async () => {
    const model = seededModel('text', TEXT, 1);
    expect(largestDifference(await logitsOf(model, { callFlops: 1 }), await logitsOf(model))).toBeLessThan(1e-5);
  });

  it('has its layers cut by their size', () => {
    const config = { num_latents: 512, d_latents: 1024, self_attention_widening_factor: 1, num_self_attends_per_block: 26 } as Parameters<
      typeof layerCalls
    >[0];
    const calls = layerCalls(config, 20e9);
    expect(calls[0]).toEqual([0, 2]);
    expect(calls.at(-1)).toEqual([24, 26]);
    expect(layerCalls(config, 1).length).toBe(26);
    expect(layerCalls(config, 1e15)).toEqual([[0, 26]]);
  });

  it('without config, or with a broken one beside pictures, is refused', async () => {
    const model = seededModel('text', TEXT, 1);
    await expect(readModelInfo({ ...model, readText: async () => null })).rejects.toMatchObject({ code: 'checkpoint-missing' });
    const image = { ...TEXT, architectures: ['PerceiverForImageClassificationFourier'], num_cross_attention_heads: 1 };
    const source = seededModel('image', image, 1, { 'preprocessor_config.json': '{' });
    await expect(readModelInfo(source)).rejects.toMatchObject({ code: 'config-invalid' });
  });
});

describe('A picture model', () => {
  const PICTURE = { ...TEXT, num_cross_attention_heads: 1, image_size: 8 };
  const FOURIER = { ...PICTURE, architectures: ['PerceiverForImageClassificationFourier'] };
  const LEARNED = { ...PICTURE, architectures: ['PerceiverForImageClassificationLearned'] };
  const picture = (width: number, height: number) =>
    ({ modality: 'image', image: { width, height, data: new Uint8Array(width * height * 4).fill(200) } }) as const;
  const unsized = { 'preprocessor_config.json': '{"do_resize": false, "do_center_crop": false}' };

  it('reads 224 × 224 pixels unless its files say otherwise, and image_size only with learned positions', async () => {
    expect((await readModelInfo(seededModel('m', FOURIER, 1))).layout).toEqual({ kind: 'grid', height: 224, width: 224 });
    expect((await readModelInfo(seededModel('m', LEARNED, 1))).layout).toEqual({ kind: 'grid', height: 8, width: 8 });
    const sized = seededModel('m', FOURIER, 1, { 'preprocessor_config.json': '{"size": 16}' });
    expect((await readModelInfo(sized)).layout).toEqual({ kind: 'grid', height: 16, width: 16 });
  });

  it('that does not resize reads a picture of any size with Fourier positions', async () => {
    const model = await openModel(nativeOrt, seededModel('m', FOURIER, 1, unsized), native);
    for (const [width, height] of [
      [5, 3],
      [12, 20],
    ] as const) {
      const { result, ask } = await model.run(picture(width, height), { runId: 'r', topK: 1 });
      expect(result).toMatchObject({ inputRows: width * height, layout: { kind: 'grid', height, width } });
      const answer = await ask({ runId: 'r', step: { kind: 'encoder' }, head: 'mean', rows: [0] });
      expect(answer.grid).toEqual({ height, width });
    }
    await model.dispose();
  });

  it('that does not resize refuses a picture that its learned positions do not fit, and one beyond all bounds', async () => {
    const learned = await openModel(nativeOrt, seededModel('m', LEARNED, 1, unsized), native);
    await expect(learned.run(picture(5, 3), { runId: 'r', topK: 1 })).rejects.toMatchObject({
      code: 'input-invalid',
      message: 'The picture has 3 × 5 pixels; this model has learned positions for 8 × 8.',
    });
    expect((await learned.run(picture(8, 8), { runId: 'r', topK: 1 })).result.inputRows).toBe(64);
    await learned.dispose();
    const fourier = await openModel(nativeOrt, seededModel('m', FOURIER, 1, unsized), native);
    await expect(fourier.run(picture(2048, 1024), { runId: 'r', topK: 1 })).rejects.toMatchObject({ code: 'input-invalid' });
    await fourier.dispose();
  });

  it('lets go of the decoded picture once it has run, however long the run is kept', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const model = await openModel(nativeOrt, seededModel('m', FOURIER, 1, { 'preprocessor_config.json': '{"size": 8}' }), native);
    let image: ReturnType<typeof picture> | null = picture(40, 30);
    const pixels = new WeakRef(image.image.data);
    const run = await model.run(image, { runId: 'r', topK: 1 });
    image = null;
    await vi.waitFor(() => {
      collect();
      expect(pixels.deref()).toBeUndefined();
    });
    expect((await run.ask({ runId: 'r', step: { kind: 'encoder' }, head: 'mean', rows: [0] })).weights).toHaveLength(64);
    await model.dispose();
  });

  it('that cannot be opened gives its sessions back', async () => {
    let released = 0;
    const ort: Ort = {
      Tensor: nativeOrt.Tensor,
      InferenceSession: {
        async create(graph, options) {
          // The learned positions have been projected by then, on a session that needs no file of weights.
          if (options?.externalData) throw new Error('There is no memory for that.');
          const session = await nativeOrt.InferenceSession.create(graph, options);
          const release = session.release.bind(session);
          session.release = () => {
            released += 1;
            return release();
          };
          return session;
        },
      },
    };
    await expect(openModel(ort, seededModel('m', LEARNED, 1), native)).rejects.toMatchObject({ code: 'engine-failed' });
    expect(released).toBe(1);
  });
});

describe('A run', () => {
  it('tells progress in order, times that add up, and what it keeps', async () => {
    const model = await openModel(nativeOrt, seededModel('text', TEXT, 1), { ...native, callFlops: 1 });
    const told: RunProgress[] = [];
    const { result } = await model.run(input, { runId: 'r', topK: 3, onProgress: (progress) => told.push(progress) });
    await model.dispose();
    expect([...new Set(told.map(({ stage }) => stage))]).toEqual(['preprocess', 'encode', 'process', 'decode', 'postprocess']);
    expect(told.filter(({ stage }) => stage === 'process').map(({ done }) => done)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    const { total, ...stages } = result.timingsMs;
    expect(Object.values(stages).every((ms) => ms > 0)).toBe(true);
    expect(total).toBeGreaterThanOrEqual(Object.values(stages).reduce((a, b) => a + b, 0));
    expect(result).toMatchObject({ runId: 'r', modelId: 'text', engine: 'native', inputRows: 12, queries: 10 });
    expect(result.output).toMatchObject({ kind: 'bytes', topK: 3, masked: [0, 1, 2, 3] });
    expect(result.keptBytes).toBe(4 * (12 * 8 + 12 + 7 * 6 * 16));
  });

  it('answers like the raw logits of the same ids', async () => {
    const model = await openModel(nativeOrt, seededModel('text', TEXT, 1), native);
    const { result } = await model.run(input, { runId: 'r', topK: 1 });
    const ids = [4, 3, 3, 3, 3, ...[...input.bytes.subarray(4)].map((byte) => byte + 6), 5];
    const logits = (await runRaw(model, new Map([['inputs', { data: Float32Array.from(ids), shape: [1, 12] }]]))).get('logits')!;
    await model.dispose();
    if (result.output.kind !== 'bytes') throw new Error('no bytes');
    expect(logits.shape).toEqual([1, 24, 262]);
    for (let byte = 0; byte < 10; byte += 1) {
      const row = logits.data.subarray((byte + 1) * 262 + 6, (byte + 2) * 262);
      expect(result.output.topBytes[byte]).toBe(row.indexOf(Math.max(...row)));
    }
  });

  it('stops between two calls when it is cancelled', async () => {
    const model = await openModel(nativeOrt, seededModel('text', TEXT, 1), { ...native, callFlops: 1 });
    const abort = new AbortController();
    const told: RunProgress[] = [];
    const onProgress = (progress: RunProgress) => {
      told.push(progress);
      if (progress.stage === 'process' && progress.done === 2) abort.abort();
    };
    await expect(model.run(input, { runId: 'r', topK: 1, signal: abort.signal, onProgress })).rejects.toMatchObject({ code: 'cancelled' });
    expect(told.at(-1)).toMatchObject({ stage: 'process', done: 2 });
    await expect(model.run(input, { runId: 'r', topK: 1 })).resolves.toBeDefined();
    await model.dispose();
  });

  it('never shows a confident answer from weights that are no numbers, and names the tensor', async () => {
    const bias = 'perceiver.encoder.cross_attention.mlp.dense2.bias';
    const source = changed(seededModel('text', TEXT, 1), (name, data) => (name === bias ? data.map(() => Number.POSITIVE_INFINITY) : data));
    const model = await openModel(nativeOrt, source, native);
    await expect(model.run(input, { runId: 'r', topK: 1 })).rejects.toMatchObject({
      code: 'checkpoint-damaged',
      message: expect.stringContaining(bias),
    });
    await model.dispose();
  });

  it('refuses what the model does not read', async () => {
    const model = await openModel(nativeOrt, seededModel('text', TEXT, 1), native);
    const run = (value: Parameters<typeof model.run>[0]) => model.run(value, { runId: 'r', topK: 1 });
    await expect(run({ modality: 'image', image: { width: 1, height: 1, data: new Uint8Array(4) } })).rejects.toMatchObject({
      code: 'input-invalid',
    });
    await expect(run({ ...input, bytes: new Uint8Array(0), masks: [] })).rejects.toMatchObject({ code: 'input-invalid' });
    await expect(run({ ...input, bytes: new Uint8Array(23) })).rejects.toMatchObject({ code: 'input-too-long' });
    await model.dispose();
  });
});

describe('Raw mode', () => {
  const tensor = (shape: number[], ...data: number[]) => ({ shape, data: Float32Array.from(data) });
  it.each([
    ['no inputs', {}, 'no tensor “inputs”'],
    ['an id that is none', { inputs: tensor([1, 2], 4, 262) }, 'the id 262 at 1'],
    ['ids with a further axis', { inputs: tensor([1, 1, 2], 4, 5) }, 'should be ids [B, T]'],
    ['a mask of another length', { inputs: tensor([1, 2], 4, 5), attention_mask: tensor([1, 3], 1, 1, 0) }, '3 positions'],
    [
      'a mask of another batch',
      { inputs: tensor([1, 2], 4, 5), attention_mask: tensor([2, 2], 1, 1, 0, 0) },
      '“inputs” has 1 batch rows and “attention_mask” has 2',
    ],
    ['more ids than positions', { inputs: { shape: [1, 25], data: new Float32Array(25) } }, '25 positions'],
    ['an empty batch', { inputs: tensor([0, 2]) }, 'no batch row'],
  ])('refuses %s in a sentence', async (_, inputs, sentence) => {
    const model = await openModel(nativeOrt, seededModel('text', TEXT, 1), native);
    await expect(runRaw(model, new Map(Object.entries(inputs)))).rejects.toThrow(sentence);
    await model.dispose();
  });
});
