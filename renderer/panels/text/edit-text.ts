/**
 * Editing bytes in a field of the browser, which knows only characters and LF: bytes that are no UTF-8 travel as lone
 * low surrogates (as Python's `surrogateescape` has it), line ends keep their form where they are not touched.
 */
import { sequenceLength } from '../../../models/modality/text-cells';
import type { ByteSpan } from '../../../models/runtime/types';

/** A stretch of bytes as a text field shows it. */
export interface Editable {
  readonly text: string;
  /** [text.length + 1]: byte offset before each UTF-16 unit, counted from the start of the stretch. */
  readonly offsets: Uint32Array;
}

/** One replaced stretch: `removed` bytes from `at` on became `inserted`. */
export interface ByteEdit {
  readonly at: number;
  readonly removed: number;
  readonly inserted: Uint8Array;
}

const ESCAPE = 0xdc00;
const LF = 0x0a;
const CR = 0x0d;

export function toEditable(bytes: Uint8Array): Editable {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parts: string[] = [];
  const offsets: number[] = [];
  const push = (text: string, at: number): void => {
    parts.push(text);
    for (let unit = 0; unit < text.length; unit++) offsets.push(at);
  };
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at]!;
    const length = sequenceLength(bytes, at);
    if (length === 0) push(String.fromCharCode(ESCAPE + byte), at);
    else if (byte === CR) push('\n', at);
    else push(length === 1 ? String.fromCharCode(byte) : decoder.decode(bytes.subarray(at, at + length)), at);
    at += byte === CR && bytes[at + 1] === LF ? 2 : length || 1;
  }
  return { text: parts.join(''), offsets: Uint32Array.from([...offsets, bytes.length]) };
}

/** Position in the field of a byte: of the character it belongs to. */
export function positionOf({ offsets }: Editable, byte: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (offsets[middle]! < byte) low = middle + 1;
    else high = middle;
  }
  return offsets[low]! > byte ? low - 1 : low;
}

/** UTF-8 of what a field holds. Line ends are written as `lineEnd`, surrogates that are nobody's byte as U+FFFD. */
export function toBytes(text: string, lineEnd: string): Uint8Array {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain !== '') parts.push(encoder.encode(plain));
    plain = '';
  };
  for (const character of text) {
    const point = character.codePointAt(0)!;
    if (point >= ESCAPE + 0x80 && point <= ESCAPE + 0xff) {
      flush();
      parts.push(Uint8Array.of(point - ESCAPE));
    } else plain += character === '\n' ? lineEnd : character;
  }
  flush();
  return joinBytes(parts);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** How the text ends its lines: as its first line does, LF where it has one line only. */
export function lineEndOf(bytes: Uint8Array): '\n' | '\r\n' | '\r' {
  const at = bytes.findIndex((byte) => byte === LF || byte === CR);
  if (at < 0 || bytes[at] === LF) return '\n';
  return bytes[at + 1] === LF ? '\r\n' : '\r';
}

const isHigh = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;
const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/** What one input event of the field changed. @param caret where the caret stands after it: what follows is untouched. */
export function editOf(before: Editable, after: string, caret: number, lineEnd: string): ByteEdit {
  const { text, offsets } = before;
  const most = Math.min(text.length, after.length - caret);
  let suffix = 0;
  while (suffix < most && text.charCodeAt(text.length - 1 - suffix) === after.charCodeAt(after.length - 1 - suffix)) suffix++;
  let prefix = 0;
  const room = Math.min(text.length, after.length) - suffix;
  while (prefix < room && text.charCodeAt(prefix) === after.charCodeAt(prefix)) prefix++;
  // A character of two UTF-16 units changes as a whole.
  const splits = (side: string, at: number): boolean => at > 0 && at < side.length && isHigh(side, at - 1) && isLow(side, at);
  if (splits(text, prefix) || splits(after, prefix)) prefix--;
  if (splits(text, text.length - suffix) || splits(after, after.length - suffix)) suffix--;
  const at = offsets[prefix]!;
  return {
    at,
    removed: offsets[text.length - suffix]! - at,
    inserted: toBytes(after.slice(prefix, after.length - suffix), lineEnd),
  };
}

export function applyEdit(bytes: Uint8Array, { at, removed, inserted }: ByteEdit): Uint8Array {
  return joinBytes([bytes.subarray(0, at), inserted, bytes.subarray(at + removed)]);
}

/**
 * Where spans lie after an edit: those behind it move, those around it grow or shrink with it, what was removed goes.
 * Text put in at the edge of a span stays outside. Spans left without bytes are dropped.
 */
export function spansAfter(spans: readonly ByteSpan[], { at, removed, inserted }: ByteEdit): ByteSpan[] {
  const grown = inserted.length - removed;
  const end = at + removed;
  return spans.flatMap((span) => {
    if (span.end <= at) return [span];
    if (span.start >= end) return [{ start: span.start + grown, end: span.end + grown }];
    const around = span.start < at && span.end > end;
    const pieces = around
      ? [{ start: span.start, end: span.end + grown }]
      : [
          { start: span.start, end: at },
          { start: at + inserted.length, end: span.end + grown },
        ];
    return pieces.filter((piece) => piece.start < piece.end);
  });
}
