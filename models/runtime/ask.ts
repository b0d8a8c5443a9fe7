/**
 * Answers attention questions from what a run keeps: only the rows, heads and steps asked for are built, in chunks, and
 * pooled to the resolution asked for. Full maps exist only when all rows are asked for unpooled.
 */
import { LabError, throwIfCancelled } from '../lab-error';
import type { Tensor } from '../tensor';
import type { Kept } from './kept';
import { poolRow } from './pool';
import type { Stages } from './stages';
import type { AttentionAnswer, AttentionQuestion, InputLayout, ModelInfo } from './types';

/** Values of one attention call: heads × rows × columns, 32 MB of float32. */
const CHUNK_VALUES = 8_000_000;

/** Maps of one step, for any of its rows: [heads, rows, attended]. */
interface Step {
  readonly rows: number;
  readonly attended: number;
  readonly heads: number;
  readonly overInput: boolean;
  weights(rows: readonly number[], signal?: AbortSignal): Promise<Tensor>;
}

export async function answerQuestion(
  stages: Stages,
  info: ModelInfo,
  layout: InputLayout,
  kept: Kept,
  question: AttentionQuestion,
  signal?: AbortSignal,
): Promise<AttentionAnswer> {
  const step = stepOf(stages, info, kept, question);
  const rows = question.rows === 'all' ? Array.from({ length: step.rows }, (_, row) => row) : question.rows;
  check(step, rows, question);
  const grid = step.overInput && layout.kind === 'grid' ? smallerGrid(layout, question.grid) : null;
  const columns = grid ? grid.height * grid.width : step.attended;
  const heads = question.head === 'each' ? step.heads : 1;
  const region = step.overInput ? (question.region ?? []) : [];
  const answer = {
    rows: Uint32Array.from(rows),
    columns,
    grid,
    attended: step.attended,
    heads,
    weights: new Float32Array(heads * rows.length * columns),
    rowsRead: new Float32Array(heads * rows.length),
    highest: new Float32Array(heads * rows.length),
    highestAt: new Uint32Array(heads * rows.length),
    regionShare: new Float32Array(region.length > 0 ? heads * rows.length : 0),
  };
  const perChunk = Math.max(1, Math.floor(CHUNK_VALUES / (step.heads * step.attended)));
  for (let from = 0; from < rows.length; from += perChunk) {
    throwIfCancelled(signal);
    const part = rows.slice(from, from + perChunk);
    const weights = await step.weights(part, signal);
    for (let head = 0; head < heads; head += 1) {
      for (let index = 0; index < part.length; index += 1) {
        const row = rowOf(weights, part.length, step, question.head === 'each' ? head : question.head, index);
        const at = head * rows.length + from + index;
        summarise(row, at, answer);
        if (region.length > 0) answer.regionShare[at] = region.reduce((sum, place) => sum + row[place]!, 0);
        const place = answer.weights.subarray(at * columns, (at + 1) * columns);
        if (grid && layout.kind === 'grid') poolRow(row, layout, grid, place);
        else place.set(row);
      }
    }
  }
  return answer;
}

function stepOf(stages: Stages, info: ModelInfo, kept: Kept, { step }: AttentionQuestion): Step {
  const attended = kept.rows.shape[0]!;
  const final = kept.latents.at(-1)!;
  const encoder = (rows: readonly number[]) => stages.encoderAttention(kept.rows, kept.mask, rows);
  const layer = (block: number, index: number, rows: readonly number[]) =>
    stages.layerAttention(index, kept.latents[block * info.layersPerBlock + index]!, rows);
  const decoder = (rows: readonly number[]) =>
    stages.decoderAttention(
      final,
      rows.map((row) => kept.queries[row]!),
    );
  switch (step.kind) {
    case 'encoder':
      return { rows: info.latents, attended, heads: info.encoderHeads, overInput: true, weights: encoder };
    case 'layer':
      if (step.block >= info.blocks || step.layer >= info.layersPerBlock) {
        throw invalid(`There is no layer ${step.layer} in block ${step.block}; the model has ${info.blocks} × ${info.layersPerBlock}.`);
      }
      return {
        rows: info.latents,
        attended: info.latents,
        heads: info.layerHeads,
        overInput: false,
        weights: (rows) => layer(step.block, step.layer, rows),
      };
    case 'decoder':
      return { rows: kept.queries.length, attended: info.latents, heads: info.decoderHeads, overInput: false, weights: decoder };
    case 'composed':
      return {
        rows: kept.queries.length,
        attended,
        heads: 1,
        overInput: true,
        weights: (rows, signal) => composed(rows, signal),
      };
  }

  /** Write × Process × Read, heads averaged (attention rollout, Abnar & Zuidema 2020), row by row from the output back: [1, R, M]. */
  async function composed(rows: readonly number[], signal?: AbortSignal): Promise<Tensor> {
    const { countResidual } = step as Extract<AttentionQuestion['step'], { kind: 'composed' }>;
    const n = info.latents;
    const all = Array.from({ length: n }, (_, row) => row);
    let share = meanOfHeads(await decoder(rows));
    for (let block = info.blocks - 1; block >= 0; block -= 1) {
      for (let index = info.layersPerBlock - 1; index >= 0; index -= 1) {
        throwIfCancelled(signal);
        const through = multiply(share, meanOfHeads(await layer(block, index, all)), rows.length, n, n);
        share = countResidual ? share.map((value, i) => (value + through[i]!) / 2) : through;
      }
    }
    const out = new Float32Array(rows.length * attended);
    const perChunk = Math.max(1, Math.floor(CHUNK_VALUES / (info.encoderHeads * attended)));
    for (let from = 0; from < n; from += perChunk) {
      throwIfCancelled(signal);
      const part = all.slice(from, from + perChunk);
      const read = meanOfHeads(await encoder(part));
      for (let row = 0; row < rows.length; row += 1) {
        for (let i = 0; i < part.length; i += 1) addScaled(out, row * attended, read, i * attended, attended, share[row * n + from + i]!);
      }
    }
    return { data: out, shape: [1, rows.length, attended] };
  }
}

function addScaled(out: Float32Array, at: number, from: Float32Array, start: number, count: number, factor: number): void {
  for (let i = 0; i < count; i += 1) out[at + i]! += factor * from[start + i]!;
}

/** [heads, R, C] → [R, C]. */
function meanOfHeads({ data, shape }: Tensor): Float32Array {
  const [heads, rows, columns] = shape as [number, number, number];
  const out = new Float32Array(rows * columns);
  for (let head = 0; head < heads; head += 1) addScaled(out, 0, data, head * rows * columns, rows * columns, 1 / heads);
  return out;
}

/** [r, n] × [n, m] → [r, m]. */
function multiply(a: Float32Array, b: Float32Array, r: number, n: number, m: number): Float32Array {
  const out = new Float32Array(r * m);
  for (let row = 0; row < r; row += 1) for (let i = 0; i < n; i += 1) addScaled(out, row * m, b, i * m, m, a[row * n + i]!);
  return out;
}

/** One row of one head, or of the mean of all. */
function rowOf({ data }: Tensor, rows: number, step: Step, head: number | 'mean' | 'each', index: number): Float32Array {
  const { attended, heads } = step;
  if (typeof head === 'number') return data.subarray((head * rows + index) * attended, (head * rows + index + 1) * attended);
  const out = new Float32Array(attended);
  for (let h = 0; h < heads; h += 1) addScaled(out, 0, data, (h * rows + index) * attended, attended, 1 / heads);
  return out;
}

/** exp(entropy), the highest weight and its place. */
function summarise(row: Float32Array, at: number, answer: { rowsRead: Float32Array; highest: Float32Array; highestAt: Uint32Array }): void {
  let entropy = 0;
  let highest = -1;
  let place = 0;
  for (let i = 0; i < row.length; i += 1) {
    const weight = row[i]!;
    if (weight > 0) entropy -= weight * Math.log(weight);
    if (weight > highest) {
      highest = weight;
      place = i;
    }
  }
  answer.rowsRead[at] = Math.exp(entropy);
  answer.highest[at] = highest;
  answer.highestAt[at] = place;
}

function smallerGrid(layout: { height: number; width: number }, grid: AttentionQuestion['grid']) {
  if (!grid || (grid.height >= layout.height && grid.width >= layout.width)) return { height: layout.height, width: layout.width };
  return { height: Math.min(grid.height, layout.height), width: Math.min(grid.width, layout.width) };
}

function check(step: Step, rows: readonly number[], question: AttentionQuestion): void {
  const outside = rows.find((row) => row >= step.rows);
  if (outside !== undefined) throw invalid(`There is no row ${outside}; this step has ${step.rows}.`);
  if (typeof question.head === 'number' && question.head >= step.heads)
    throw invalid(`There is no head ${question.head}; this step has ${step.heads}.`);
  if (question.step.kind === 'composed' && question.head !== 'mean') throw invalid('A composed map is over the mean of the heads.');
  const beyond = step.overInput ? question.region?.find((row) => row >= step.attended) : undefined;
  if (beyond !== undefined) throw invalid(`There is no input row ${beyond}; the input has ${step.attended}.`);
}

function invalid(what: string): LabError {
  return new LabError('input-invalid', what, 'Ask for one that is there.');
}
