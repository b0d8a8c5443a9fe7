import * as nativeOrt from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OpenModel, openModel, type Run } from './open-model';
import { seededModel } from './seeded-model';
import type { AttentionAnswer, AttentionQuestion, AttentionStep } from './types';

const HEIGHT = 6;
const WIDTH = 10;
const LATENTS = 7;
const common = { model_type: 'perceiver', num_latents: LATENTS, num_blocks: 2, num_self_attends_per_block: 2, num_self_attention_heads: 4 };

const IMAGE = {
  ...common,
  architectures: ['PerceiverForImageClassificationFourier'],
  d_latents: 24,
  qk_channels: 24,
  v_channels: 24,
  num_cross_attention_heads: 3,
};
const TEXT = {
  ...common,
  architectures: ['PerceiverForMaskedLM'],
  d_model: 16,
  d_latents: 24,
  max_position_embeddings: 40,
  num_cross_attention_heads: 1,
  vocab_size: 262,
};
const SIZE = JSON.stringify({ do_center_crop: false, size: { height: HEIGHT, width: WIDTH } });

const models: OpenModel[] = [];
let image: Run;
let text: Run;

beforeAll(async () => {
  const open = (source: ReturnType<typeof seededModel>) => openModel(nativeOrt, source, { engine: 'native', threads: 1 });
  models.push(await open(seededModel('image', IMAGE, 3, { 'preprocessor_config.json': SIZE })), await open(seededModel('text', TEXT, 4)));
  const data = Uint8Array.from({ length: HEIGHT * WIDTH * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 251));
  image = await models[0]!.run({ modality: 'image', image: { width: WIDTH, height: HEIGHT, data } }, { runId: 'i', topK: 1 });
  text = await models[1]!.run(
    { modality: 'text', bytes: new TextEncoder().encode('a text of some bytes'), masks: [] },
    { runId: 't', topK: 1 },
  );
});
afterAll(() => Promise.all(models.map((model) => model.dispose())));

const STEPS: AttentionStep[] = [{ kind: 'encoder' }, { kind: 'layer', block: 1, layer: 1 }, { kind: 'decoder' }];
const ask = (run: Run, question: Omit<AttentionQuestion, 'runId'>, options = {}) =>
  run.ask({ runId: run.result.runId, ...question }, options);
const map = async (run: Run, step: AttentionStep) => (await ask(run, { step, head: 'mean', rows: 'all' })).weights;

function near(got: ArrayLike<number>, want: ArrayLike<number>): void {
  expect(got.length).toBe(want.length);
  let most = 0;
  for (let i = 0; i < got.length; i += 1) most = Math.max(most, Math.abs(got[i]! - want[i]!));
  // Engines sum in another order for another number of rows.
  expect(most).toBeLessThan(5e-6);
}

const product = (a: ArrayLike<number>, b: ArrayLike<number>, inner: number) => {
  const columns = b.length / inner;
  return Float64Array.from({ length: (a.length / inner) * columns }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < inner; k += 1) sum += a[Math.floor(at / columns) * inner + k]! * b[k * columns + (at % columns)]!;
    return sum;
  });
};

describe.each(['image', 'text'] as const)('Attention of a run over %s', (kind) => {
  const runOf = () => (kind === 'image' ? image : text);

  it.each(STEPS)('of step $kind is made of probabilities', async (step) => {
    const { weights, rows, columns, heads } = await ask(runOf(), { step, head: 'each', rows: 'all' });
    for (let row = 0; row < heads * rows.length; row += 1) {
      const sum = weights.subarray(row * columns, (row + 1) * columns).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 5);
    }
  });

  it.each(STEPS)('of step $kind is the same row by row, head by head and in pieces as the full map', async (step) => {
    const full = await ask(runOf(), { step, head: 'each', rows: 'all' });
    const { columns, heads } = full;
    const count = full.rows.length;
    near((await ask(runOf(), { step, head: 'each', rows: 'all' }, { callValues: 2 * heads * columns })).weights, full.weights);
    for (let head = 0; head < heads; head += 1) {
      for (const row of [0, count - 1]) {
        const one = await ask(runOf(), { step, head, rows: [row] });
        near(one.weights, full.weights.subarray((head * count + row) * columns, (head * count + row + 1) * columns));
        expect(one.heads).toBe(1);
      }
    }
    const mean = Float32Array.from({ length: count * columns }, (_, i) => {
      let sum = 0;
      for (let head = 0; head < heads; head += 1) sum += full.weights[head * count * columns + i]!;
      return sum / heads;
    });
    near((await ask(runOf(), { step, head: 'mean', rows: 'all' })).weights, mean);
    const last = [count - 1, 0];
    const reordered = await ask(runOf(), { step, head: 'mean', rows: last });
    expect([...reordered.rows]).toEqual(last);
    near(reordered.weights.subarray(0, columns), mean.subarray((count - 1) * columns));
  });

  it('composed without residuals is the product of all maps', async () => {
    let want: ArrayLike<number> = await map(runOf(), { kind: 'decoder' });
    for (const [block, layer] of [
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ] as const)
      want = product(want, await map(runOf(), { kind: 'layer', block, layer }), LATENTS);
    want = product(want, await map(runOf(), { kind: 'encoder' }), LATENTS);
    const got = await ask(runOf(), { step: { kind: 'composed', countResidual: false }, head: 'mean', rows: 'all' });
    near(got.weights, want);
    near(
      (
        await ask(
          runOf(),
          { step: { kind: 'composed', countResidual: false }, head: 'mean', rows: 'all' },
          { callValues: 3 * got.attended },
        )
      ).weights,
      want,
    );
  });

  it('composed with residuals halves each layer with the identity', async () => {
    let want: ArrayLike<number> = await map(runOf(), { kind: 'decoder' });
    for (const [block, layer] of [
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
    ] as const) {
      const half = (await map(runOf(), { kind: 'layer', block, layer })).map((value, i) => (value + (i % (LATENTS + 1) === 0 ? 1 : 0)) / 2);
      want = product(want, half, LATENTS);
    }
    want = product(want, await map(runOf(), { kind: 'encoder' }), LATENTS);
    near((await ask(runOf(), { step: { kind: 'composed', countResidual: true }, head: 'mean', rows: 'all' })).weights, want);
  });
});

describe('An answer over a grid', () => {
  const question = { step: { kind: 'encoder' }, head: 1, rows: 'all' } as const;

  it('is pooled to the mean weight of what each cell covers', async () => {
    const full = await ask(image, question);
    const pooled = await ask(image, { ...question, grid: { height: 3, width: 5 } });
    expect(pooled).toMatchObject({ columns: 15, grid: { height: 3, width: 5 }, attended: HEIGHT * WIDTH });
    const cell = (row: number, y: number, x: number) => {
      let sum = 0;
      for (let i = 0; i < 2; i += 1) for (let j = 0; j < 2; j += 1) sum += full.weights[row * 60 + (2 * y + i) * WIDTH + 2 * x + j]!;
      return sum / 4;
    };
    near(
      pooled.weights,
      Float32Array.from({ length: LATENTS * 15 }, (_, i) => cell(Math.floor(i / 15), Math.floor((i % 15) / 5), i % 5)),
    );
  });

  it('is pooled by parts of rows where cells do not divide the grid, and loses no weight', async () => {
    const pooled = await ask(image, { ...question, grid: { height: 4, width: 7 } });
    for (let row = 0; row < LATENTS; row += 1) {
      const mean = pooled.weights.subarray(row * 28, (row + 1) * 28).reduce((a, b) => a + b, 0) / 28;
      expect(mean).toBeCloseTo(1 / (HEIGHT * WIDTH), 6);
    }
  });

  it('is never finer than the grid of the input', async () => {
    expect((await ask(image, { ...question, grid: { height: 99, width: 4 } })).grid).toEqual({ height: HEIGHT, width: 4 });
    expect((await ask(image, question)).grid).toEqual({ height: HEIGHT, width: WIDTH });
    expect((await ask(text, { ...question, head: 0, grid: { height: 2, width: 2 } })).grid).toBeNull();
  });

  it('sums each row up over all input rows, however it is pooled', async () => {
    const region = [0, 1, 17, 59];
    const full = await ask(image, { ...question, region });
    const pooled = await ask(image, { ...question, region, grid: { height: 1, width: 1 } });
    for (const key of ['rowsRead', 'highest', 'highestAt', 'regionShare'] as const satisfies readonly (keyof AttentionAnswer)[]) {
      expect(pooled[key]).toEqual(full[key]);
    }
    for (let row = 0; row < LATENTS; row += 1) {
      const weights = [...full.weights.subarray(row * 60, (row + 1) * 60)];
      expect(full.highest[row]).toBe(Math.max(...weights));
      expect(weights[full.highestAt[row]!]).toBe(full.highest[row]);
      expect(full.regionShare[row]).toBeCloseTo(
        region.reduce((sum, place) => sum + weights[place]!, 0),
        6,
      );
      expect(full.rowsRead[row]).toBeCloseTo(Math.exp(-weights.reduce((sum, w) => sum + (w > 0 ? w * Math.log(w) : 0), 0)), 3);
      expect(full.rowsRead[row]).toBeGreaterThan(1);
      expect(full.rowsRead[row]).toBeLessThanOrEqual(60.001);
    }
    expect((await ask(image, question)).regionShare).toHaveLength(0);
  });
});

describe('A question that has no answer', () => {
  it.each<[Omit<AttentionQuestion, 'runId'>, string]>([
    [{ step: { kind: 'encoder' }, head: 3, rows: 'all' }, 'no head 3'],
    [{ step: { kind: 'encoder' }, head: 0, rows: [LATENTS] }, `no row ${LATENTS}`],
    [{ step: { kind: 'encoder' }, head: 0, rows: [-1] }, 'no row -1'],
    [{ step: { kind: 'encoder' }, head: 0, rows: [0.5] }, 'no row 0.5'],
    [{ step: { kind: 'encoder' }, head: 0, rows: [0], region: [60] }, 'no input row 60'],
    [{ step: { kind: 'encoder' }, head: 0, rows: [0], grid: { height: 0, width: 3 } }, '0 × 3'],
    [{ step: { kind: 'layer', block: 0, layer: 2 }, head: 0, rows: [0] }, 'no layer 2 in block 0'],
    [{ step: { kind: 'layer', block: 2, layer: 0 }, head: 0, rows: [0] }, 'no layer 0 in block 2'],
    [{ step: { kind: 'composed', countResidual: true }, head: 0, rows: [0] }, 'mean of the heads'],
  ])('is refused in a sentence: %j', async (question, sentence) => {
    await expect(ask(image, question)).rejects.toMatchObject({ code: 'input-invalid', message: expect.stringContaining(sentence) });
  });

  it('ends when it is cancelled', async () => {
    const signal = AbortSignal.abort();
    await expect(ask(image, { step: { kind: 'encoder' }, head: 0, rows: 'all' }, { signal })).rejects.toMatchObject({ code: 'cancelled' });
  });
});
