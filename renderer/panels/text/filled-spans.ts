/** What the model put in place of masked bytes, run by run. Offsets are bytes of the part that was read. */
import type { ByteSpan, RunOutput } from '../../../models/runtime/types';

export type BytesOutput = Extract<RunOutput, { readonly kind: 'bytes' }>;

export interface FilledSpan extends ByteSpan {
  readonly truth: Uint8Array;
  readonly predicted: Uint8Array;
  /** [bytes]: 1 where the most probable byte is not the true one. */
  readonly wrong: Uint8Array;
  /** How many predicted bytes are the true ones. */
  readonly right: number;
  /** The lowest probability among the predicted bytes, and where. */
  readonly lowest: number;
  readonly lowestAt: number;
  /** Product of the probabilities of the predicted bytes: each was predicted without seeing the others. */
  readonly probability: number;
}

/** Runs of neighbouring positions as spans. @param positions ascending, each once. */
export function runsOf(positions: readonly number[]): ByteSpan[] {
  const runs: { start: number; end: number }[] = [];
  for (const position of positions) {
    const last = runs.at(-1);
    if (last?.end === position) last.end = position + 1;
    else runs.push({ start: position, end: position + 1 });
  }
  return runs;
}

/** @param bytes the part that was read, as typed. */
export function filledSpans(bytes: Uint8Array, output: BytesOutput): FilledSpan[] {
  return runsOf(output.masked).map(({ start, end }) => {
    const truth = bytes.slice(start, end);
    const predicted = Uint8Array.from(truth, (_, index) => output.topBytes[(start + index) * output.topK]!);
    const wrong = Uint8Array.from(truth, (byte, index) => (predicted[index] === byte ? 0 : 1));
    let lowest = Number.POSITIVE_INFINITY;
    let lowestAt = start;
    let probability = 1;
    for (let at = start; at < end; at++) {
      const best = output.topProbabilities[at * output.topK]!;
      probability *= best;
      if (best < lowest) {
        lowest = best;
        lowestAt = at;
      }
    }
    const right = wrong.reduce((count, isWrong) => count + 1 - isWrong, 0);
    return { start, end, truth, predicted, wrong, right, lowest, lowestAt, probability };
  });
}

export interface CandidateByte {
  readonly byte: number;
  readonly probability: number;
  readonly isTrue: boolean;
}

/** The most probable bytes at a position, best first; the true byte follows them where it is not among them. */
export function candidatesAt(output: BytesOutput, position: number, truth: number, count: number): CandidateByte[] {
  const kept = Math.min(count, output.topK);
  const candidates = Array.from({ length: kept }, (_, rank): CandidateByte => {
    const byte = output.topBytes[position * output.topK + rank]!;
    return { byte, probability: output.topProbabilities[position * output.topK + rank]!, isTrue: byte === truth };
  });
  if (!candidates.some(({ isTrue }) => isTrue)) {
    candidates.push({ byte: truth, probability: output.inputProbabilities[position] ?? 0, isTrue: true });
  }
  return candidates;
}
