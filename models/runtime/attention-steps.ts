/** Which maps a run has, and how rows of each are made from what it kept. */
import { LabError, throwIfCancelled } from '../lab-error';
import type { Tensor } from '../tensor';
import type { Kept } from './kept';
import { byPart, queryCount } from './output-queries';
import type { Stages, Wanted } from './stages';
import type { AttentionStep, ModelShape } from './types';

/** Values of one attention call: heads × rows × columns, 32 MB of float32. */
const CALL_VALUES = 8_000_000;

/** Maps of one step: [heads, rows, attended], never made whole. */
export interface StepMaps {
  readonly rows: number;
  readonly attended: number;
  readonly heads: number;
  /** Columns are input rows rather than latents. */
  readonly overInput: boolean;
  /** Most rows one call should ask for. */
  readonly rowsPerCall: number;
  /** Every head's weights [heads, R, attended] of these rows, or their mean [R, attended]. */
  weights(rows: readonly number[], wanted: 'weights' | 'mean', signal?: AbortSignal): Promise<Tensor>;
}

export function stepMaps(stages: Stages, info: ModelShape, kept: Kept, step: AttentionStep, callValues = CALL_VALUES): StepMaps {
  const inputRows = kept.mask.shape[0]!;
  const { latents } = info;
  const over = (heads: number, attended: number) => ({
    attended,
    heads,
    rowsPerCall: Math.max(1, Math.floor(callValues / (heads * attended))),
  });
  switch (step.kind) {
    case 'encoder':
      return {
        ...over(info.encoderHeads, inputRows),
        rows: latents,
        overInput: true,
        weights: (rows, wanted) => stages.encoderAttention(kept.keys, kept.mask, rows, wanted),
      };
    case 'layer': {
      const before = kept.latents[step.block * info.layersPerBlock + step.layer];
      if (!before || step.layer >= info.layersPerBlock || step.block >= info.blocks) {
        throw new LabError(
          'input-invalid',
          `There is no layer ${step.layer} in block ${step.block}; the model has ${info.blocks} × ${info.layersPerBlock}.`,
          'Ask for one that is there.',
        );
      }
      return {
        ...over(info.layerHeads, latents),
        rows: latents,
        overInput: false,
        weights: (rows, wanted) => stages.layerAttention(step.layer, before, rows, wanted),
      };
    }
    case 'decoder':
      return {
        ...over(info.decoderHeads, latents),
        rows: queryCount(kept.queries),
        overInput: false,
        weights: (rows, wanted) => decoderWeights(stages, kept, rows, wanted),
      };
    case 'composed':
      return {
        ...over(1, inputRows),
        rows: queryCount(kept.queries),
        overInput: true,
        weights: (rows, _, signal) => composed(stages, info, kept, rows, { countResidual: step.countResidual, callValues, signal }),
      };
  }
}

/** [R, N] of the mean, [heads, R, N] of every head's; rows of several parts are asked for part by part. */
async function decoderWeights(stages: Stages, kept: Kept, rows: readonly number[], wanted: Wanted): Promise<Tensor> {
  const latents = kept.latents.at(-1)!;
  const groups = byPart(kept.queries, rows);
  const answers: Tensor[] = [];
  for (const { part, chosen } of groups) answers.push(await stages.decoderAttention(latents, part, chosen, wanted));
  return answers.length === 1 ? answers[0]! : besides(answers);
}

/** Answers of several groups of rows as if they had been one: [..., R, N] joined along R. */
function besides(answers: readonly Tensor[]): Tensor {
  const heads = answers[0]!.shape.length === 3 ? answers[0]!.shape[0]! : 1;
  const width = answers[0]!.shape.at(-1)!;
  const rows = answers.reduce((sum, { shape }) => sum + shape.at(-2)!, 0);
  const out = new Float32Array(heads * rows * width);
  for (let head = 0; head < heads; head += 1) {
    let at = head * rows * width;
    for (const { data, shape } of answers) {
      const size = shape.at(-2)! * width;
      out.set(data.subarray(head * size, (head + 1) * size), at);
      at += size;
    }
  }
  return { data: out, shape: answers[0]!.shape.length === 3 ? [heads, rows, width] : [rows, width] };
}

/**
 * Decoder × layers × encoder, heads averaged (attention rollout, Abnar & Zuidema 2020): [R, M]. A few rows are carried from
 * the output back through one layer after the other, so no product of whole maps is made.
 */
async function composed(
  stages: Stages,
  info: ModelShape,
  kept: Kept,
  rows: readonly number[],
  { countResidual, callValues, signal }: { countResidual: boolean; callValues: number; signal: AbortSignal | undefined },
): Promise<Tensor> {
  const all = Array.from({ length: info.latents }, (_, row) => row);
  let share = await decoderWeights(stages, kept, rows, 'mean');
  for (let at = info.blocks * info.layersPerBlock - 1; at >= 0; at -= 1) {
    throwIfCancelled(signal);
    const through = await stages.layerAttention(at % info.layersPerBlock, kept.latents[at]!, all, { share });
    share = countResidual ? { data: share.data.map((value, i) => (value + through.data[i]!) / 2), shape: share.shape } : through;
  }
  const inputRows = kept.mask.shape[0]!;
  const out = new Float32Array(rows.length * inputRows);
  const perCall = Math.max(1, Math.floor(callValues / (info.encoderHeads * inputRows)));
  for (let from = 0; from < info.latents; from += perCall) {
    throwIfCancelled(signal);
    const part = all.slice(from, from + perCall);
    const through = await stages.encoderAttention(kept.keys, kept.mask, part, { share: columns(share, from, part.length) });
    for (let i = 0; i < out.length; i += 1) out[i]! += through.data[i]!;
  }
  return { data: out, shape: [rows.length, inputRows] };
}

/** [S, R] → its columns from `from`: [S, count]. */
function columns({ data, shape }: Tensor, from: number, count: number): Tensor {
  const [rows, width] = shape as [number, number];
  if (count === width) return { data, shape };
  const out = new Float32Array(rows * count);
  for (let row = 0; row < rows; row += 1) out.set(data.subarray(row * width + from, row * width + from + count), row * count);
  return { data: out, shape: [rows, count] };
}
