/** Texts longer than the model: which part is read. Offsets are bytes of the whole text. */

import { sequenceLength } from '../../../models/modality/text-cells';
import type { ByteSpan } from '../../../models/runtime/types';

/** Whether a character of UTF-8 is cut in two before `at`. */
function cutsCharacter(bytes: Uint8Array, at: number): boolean {
  if (at <= 0 || at >= bytes.length) return false;
  for (let start = at - 1; start >= Math.max(0, at - 3); start--) {
    const length = sequenceLength(bytes, start);
    if (length > 0) return start + length > at;
  }
  return false;
}

/**
 * At most `limit` bytes from about `start` on, between whole characters: the part begins where the character at `start`
 * does, and lies within the text. Where the text fits it is the whole text.
 */
export function partAt(bytes: Uint8Array, start: number, limit: number): ByteSpan {
  if (bytes.length <= limit) return { start: 0, end: bytes.length };
  let from = Math.max(0, Math.min(Math.round(start), bytes.length - limit));
  // The last part ends with the text: its start moves forward to a whole character, any other back.
  const step = from === bytes.length - limit ? 1 : -1;
  while (cutsCharacter(bytes, from)) from += step;
  let end = Math.min(bytes.length, from + limit);
  while (cutsCharacter(bytes, end)) end--;
  return { start: from, end };
}

/** Whole characters of at most `most` bytes right before or after a place. */
export function excerptBefore(bytes: Uint8Array, at: number, most: number): Uint8Array {
  let start = Math.max(0, at - most);
  while (start < at && cutsCharacter(bytes, start)) start++;
  return bytes.subarray(start, at);
}

export function excerptAfter(bytes: Uint8Array, at: number, most: number): Uint8Array {
  let end = Math.min(bytes.length, at + most);
  while (end > at && cutsCharacter(bytes, end)) end--;
  return bytes.subarray(at, end);
}

/** Spans of the whole text, as spans of the part; what lies outside is cut off. */
export function insidePart(spans: readonly ByteSpan[], part: ByteSpan): ByteSpan[] {
  return spans
    .map(({ start, end }) => ({ start: Math.max(start, part.start) - part.start, end: Math.min(end, part.end) - part.start }))
    .filter(({ start, end }) => start < end);
}

/** Spans without what lies in `hole`: unmasking a part of a masked run leaves the rest masked. */
export function withoutSpan(spans: readonly ByteSpan[], hole: ByteSpan): ByteSpan[] {
  return spans.flatMap(({ start, end }) =>
    [
      { start, end: Math.min(end, hole.start) },
      { start: Math.max(start, hole.end), end },
    ].filter((piece) => piece.start < piece.end),
  );
}

/** Spans and one more, in order, those that touch or overlap joined. */
export function withSpan(spans: readonly ByteSpan[], added: ByteSpan): ByteSpan[] {
  const joined: { start: number; end: number }[] = [];
  for (const span of [...spans, added].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end);
    else joined.push({ ...span });
  }
  return joined;
}
