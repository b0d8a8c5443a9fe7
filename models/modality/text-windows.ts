/** Texts longer than a model: read the first part only, or slide over the whole. Offsets and lengths are bytes. */
import type { ByteSpan } from '../runtime/types';

export interface TextWindow extends ByteSpan {
  /** The bytes this window answers for; the answers of all windows partition the text. */
  readonly answers: ByteSpan;
}

/**
 * Windows of at most `max` bytes over a text of `length`, each half a window after the last, the final one flush with
 * the end. A byte is answered by the window in whose middle it lies best, so that it has at least a quarter of a window
 * of context on both sides wherever the text has that much.
 */
export function textWindows(length: number, max: number): TextWindow[] {
  if (!Number.isInteger(max) || max < 2) throw new RangeError(`a window of ${max} bytes cannot slide`);
  if (length <= max) return [{ start: 0, end: length, answers: { start: 0, end: length } }];
  const stride = Math.floor(max / 2);
  const starts: number[] = [];
  for (let start = 0; start < length - max; start += stride) starts.push(start);
  starts.push(length - max);
  /** Where window i hands over to window i + 1: the middle of what both read. */
  const handover = (index: number): number => Math.floor((starts[index + 1]! + starts[index]! + max) / 2);
  return starts.map((start, index) => ({
    start,
    end: start + max,
    answers: {
      start: index === 0 ? 0 : handover(index - 1),
      end: index === starts.length - 1 ? length : handover(index),
    },
  }));
}

/** How many bytes from the start fit into `max` without cutting a character of UTF-8 in two. */
export function firstWindow(bytes: Uint8Array, max: number): ByteSpan {
  if (bytes.length <= max) return { start: 0, end: bytes.length };
  let end = max;
  // A continuation byte (10xxxxxx) belongs to a character begun at most three bytes earlier.
  while (end > max - 3 && end > 1 && (bytes[end]! & 0xc0) === 0x80) end--;
  return { start: 0, end: (bytes[end]! & 0xc0) === 0x80 ? max : end };
}

/** The parts of `spans` inside `window`, counted from its start. */
export function spansInside(spans: readonly ByteSpan[], window: ByteSpan): ByteSpan[] {
  return spans
    .map(({ start, end }) => ({ start: Math.max(start, window.start) - window.start, end: Math.min(end, window.end) - window.start }))
    .filter(({ start, end }) => start < end);
}
