/**
 * `npm run fuzz`'s worker: cases `from` to `to` of one reader, one after the other. What it is at stands in shared memory, so
 * that whoever started it knows the case in which it hangs or runs out of memory.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { type Reader, runCase } from '../models/runtime/testing/fuzz';

export interface FuzzReport {
  /** Cases by what came of them: read, or the code of the refusal. */
  readonly results: Record<string, number>;
  readonly slowestMs: number;
  readonly slowestCase: number;
  /** Most bytes read and made for each byte of the files. */
  readonly largestShare: number;
  readonly largestCase: number;
  readonly broken: { readonly index: number; readonly what: string }[];
}

const { reader, seed, from, to, at } = workerData as { reader: Reader; seed: number; from: number; to: number; at: Int32Array };
const results: Record<string, number> = {};
const broken: FuzzReport['broken'] = [];
let slowest = { ms: 0, index: from };
let largest = { share: 0, index: from };
for (let index = from; index < to; index += 1) {
  Atomics.store(at, 0, index);
  try {
    const { result, ms, share } = await runCase(reader, seed, index);
    results[result] = (results[result] ?? 0) + 1;
    if (ms > slowest.ms) slowest = { ms, index };
    if (share > largest.share) largest = { share, index };
  } catch (thrown) {
    broken.push({ index, what: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown) });
    if (broken.length >= 20) break;
  }
}
const report: FuzzReport = {
  results,
  slowestMs: slowest.ms,
  slowestCase: slowest.index,
  largestShare: largest.share,
  largestCase: largest.index,
  broken,
};
parentPort?.postMessage(report);
