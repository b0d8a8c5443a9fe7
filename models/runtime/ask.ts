/**
 * Answers attention questions from what a run keeps: only the rows, heads and steps asked for are built, in chunks, and
 * pooled to the resolution asked for. Full maps exist only when all rows are asked for unpooled.
 */
import { LabError, throwIfCancelled } from '../lab-error';
import { type StepMaps, stepMaps } from './attention-steps';
import type { Kept } from './kept';
import { poolRow } from './pool';
import type { Stages } from './stages';
import type { AttentionAnswer, AttentionQuestion, InputLayout, ModelShape } from './types';

export interface AskOptions {
  readonly signal?: AbortSignal | undefined;
  /** Values (heads × rows × columns) one call of the engine may make; 8 million, 32 MB, by default. */
  readonly callValues?: number | undefined;
}

/** Rejects with `input-invalid` for rows, heads or layers that are not there, and `cancelled`. */
export async function answerQuestion(
  stages: Stages,
  info: ModelShape,
  layout: InputLayout,
  kept: Kept,
  question: AttentionQuestion,
  { signal, callValues }: AskOptions = {},
): Promise<AttentionAnswer> {
  const maps = stepMaps(stages, info, kept, question.step, callValues);
  const rows = question.rows === 'all' ? Array.from({ length: maps.rows }, (_, row) => row) : question.rows;
  check(maps, rows, question);
  const grid = maps.overInput && layout.kind === 'grid' ? smallerGrid(layout, question.grid) : null;
  const columns = grid ? grid.height * grid.width : maps.attended;
  const heads = question.head === 'each' ? maps.heads : 1;
  const region = maps.overInput ? [...new Set(question.region)] : [];
  const answer = {
    rows: Uint32Array.from(rows),
    columns,
    grid,
    attended: maps.attended,
    heads,
    weights: new Float32Array(heads * rows.length * columns),
    rowsRead: new Float32Array(heads * rows.length),
    highest: new Float32Array(heads * rows.length),
    highestAt: new Uint32Array(heads * rows.length),
    regionShare: new Float32Array(region.length > 0 ? heads * rows.length : 0),
  };
  const wanted = question.head === 'mean' ? 'mean' : 'weights';
  const firstHead = typeof question.head === 'number' ? question.head : 0;
  for (let from = 0; from < rows.length; from += maps.rowsPerCall) {
    throwIfCancelled(signal);
    const part = rows.slice(from, from + maps.rowsPerCall);
    const { data } = await maps.weights(part, wanted, signal);
    for (let head = 0; head < heads; head += 1) {
      for (let index = 0; index < part.length; index += 1) {
        const start = ((firstHead + head) * part.length + index) * maps.attended;
        const row = data.subarray(start, start + maps.attended);
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
  if (!grid) return { height: layout.height, width: layout.width };
  return { height: Math.min(grid.height, layout.height), width: Math.min(grid.width, layout.width) };
}

const isIndex = (value: number, count: number) => Number.isInteger(value) && value >= 0 && value < count;

function check(maps: StepMaps, rows: readonly number[], question: AttentionQuestion): void {
  const outside = rows.find((row) => !isIndex(row, maps.rows));
  if (outside !== undefined) throw invalid(`There is no row ${outside}; this step has ${maps.rows}.`);
  if (typeof question.head === 'number' && !isIndex(question.head, maps.heads))
    throw invalid(`There is no head ${question.head}; this step has ${maps.heads}.`);
  if (question.step.kind === 'composed' && question.head !== 'mean') throw invalid('A composed map is over the mean of the heads.');
  const beyond = maps.overInput ? question.region?.find((row) => !isIndex(row, maps.attended)) : undefined;
  if (beyond !== undefined) throw invalid(`There is no input row ${beyond}; the input has ${maps.attended}.`);
  const { grid } = question;
  if (grid && !(isIndex(grid.height - 1, 1e6) && isIndex(grid.width - 1, 1e6)))
    throw invalid(`A grid of ${grid.height} × ${grid.width} has no cells.`);
}

function invalid(what: string): LabError {
  return new LabError('input-invalid', what, 'Ask for one that is there.');
}
