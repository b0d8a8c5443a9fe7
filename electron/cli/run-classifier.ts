/** An input of any kind through a classifier: its classes, and its maps where they are asked for. */
import type { RunInput } from '../../models/runtime/types';
import { writeAttention } from './attention-files';
import type { ResultBody } from './results';
import type { RunWork } from './run-work';

export async function runClassifier(input: RunInput, work: RunWork, notes: readonly string[] = []): Promise<ResultBody> {
  const { session, topK, maps, signal } = work;
  const result = await session.run(input, topK, signal);
  try {
    if (maps !== null) await writeAttention(session, result, maps, signal);
  } finally {
    await session.forget(result.runId);
  }
  if (result.output.kind !== 'classes') throw new RangeError(`a classifier answered with ${result.output.kind}`);
  return { kind: 'classes', classes: result.output.classes.slice(0, topK), timingsMs: result.timingsMs, notes };
}
