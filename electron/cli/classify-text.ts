/** A text through a classifier: its first part where it is longer than the model, and the classes of that. */
import { LabError } from '../../models/lab-error';
import { SPECIAL_POSITIONS } from '../../models/modality/text';
import { firstWindow, spansInside } from '../../models/modality/text-windows';
import type { ByteSpan } from '../../models/runtime/types';
import { writeAttention } from './attention-files';
import { checkMasks, leftOut } from './long-text';
import type { ResultBody } from './results';
import type { RunWork } from './run-work';

/** Throws `usage` where windows are asked for: what one has to do with the whole nobody said. */
export async function classifyText(bytes: Uint8Array, masks: readonly ByteSpan[], work: RunWork): Promise<ResultBody> {
  const { session, topK, long, maps, signal } = work;
  if (long === 'slide') {
    throw new LabError(
      'usage',
      `${session.model} gives one answer for a text, so windows cannot be slid over it.`,
      'Leave --long slide out.',
    );
  }
  const window = firstWindow(bytes, session.info.inputRows - SPECIAL_POSITIONS);
  checkMasks(bytes, masks, window);
  const input = { modality: 'text', bytes: bytes.slice(0, window.end), masks: spansInside(masks, window) } as const;
  const result = await session.run(input, topK, signal);
  try {
    if (maps !== null) await writeAttention(session, result, maps, signal);
  } finally {
    await session.forget(result.runId);
  }
  if (result.output.kind !== 'classes') throw new RangeError(`a classifier answered with ${result.output.kind}`);
  const left = bytes.length - window.end;
  const notes = left > 0 ? [leftOut(window.end, left)] : [];
  return { kind: 'classes', classes: result.output.classes.slice(0, topK), timingsMs: result.timingsMs, notes };
}
