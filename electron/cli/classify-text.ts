/** A text through a classifier: its first part where it is longer than the model, and the classes of that. */
import { SPECIAL_POSITIONS } from '../../models/modality/text';
import { firstWindow, spansInside } from '../../models/modality/text-windows';
import type { ByteSpan } from '../../models/runtime/types';
import { checkMasks, leftOut } from './long-text';
import type { ResultBody } from './results';
import { runClassifier } from './run-classifier';
import type { RunWork } from './run-work';

/** Throws `input-invalid` for a mask outside the part that is read. */
export async function classifyText(bytes: Uint8Array, masks: readonly ByteSpan[], work: RunWork): Promise<ResultBody> {
  const window = firstWindow(bytes, work.session.info.inputRows - SPECIAL_POSITIONS);
  checkMasks(bytes, masks, window);
  const input = { modality: 'text', bytes: bytes.slice(0, window.end), masks: spansInside(masks, window) } as const;
  const left = bytes.length - window.end;
  const notes = left > 0 ? [leftOut(window.end, left)] : [];
  return runClassifier(input, work, notes);
}
