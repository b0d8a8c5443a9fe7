/**
 * What stands in one cell of the text stage. Unmasked bytes are read as characters; every masked byte is a unit of its
 * own, because the model answers byte by byte. Units partition the rows the model reads: [CLS], bytes, [SEP].
 */
import { type CellKind, textCells } from '../../../models/modality/text-cells';
import type { ByteSpan } from '../../../models/runtime/types';

export type UnitKind = CellKind | 'masked' | 'cls' | 'sep';

/**
 * Offsets are bytes of the part that is read, `end` exclusive; [CLS] is −1 to 0 and [SEP] n to n + 1. So the input rows
 * of a unit are start + 1 to end + 1.
 */
export interface TextUnit {
  readonly start: number;
  readonly end: number;
  /** The characters; null for a byte that is no character by itself. Of a masked byte: what stands there, if ASCII. */
  readonly text: string | null;
  readonly kind: UnitKind;
  /** The kind of what a masked byte hides; the same as `kind` elsewhere. */
  readonly under: UnitKind;
}

/** 1 for every byte inside a span. @returns [length] */
export function maskFlags(length: number, masks: readonly ByteSpan[]): Uint8Array {
  const flags = new Uint8Array(length);
  for (const { start, end } of masks) flags.fill(1, Math.max(0, start), Math.max(0, end));
  return flags;
}

/** Units of the part that is read. @param masked [bytes]: 1 where a byte is masked. */
export function textUnits(bytes: Uint8Array, masked: Uint8Array): TextUnit[] {
  const units: TextUnit[] = [{ start: -1, end: 0, text: null, kind: 'cls', under: 'cls' }];
  for (let at = 0; at < bytes.length; ) {
    let end = at + 1;
    while (end < bytes.length && masked[end] === masked[at]) end++;
    if (masked[at] === 1) {
      for (; at < end; at++) units.push(maskedUnit(bytes, at));
    } else {
      for (const cell of textCells(bytes.subarray(at, end))) {
        units.push({ start: at + cell.start, end: at + cell.end, text: cell.text, kind: cell.kind, under: cell.kind });
      }
      at = end;
    }
  }
  units.push({ start: bytes.length, end: bytes.length + 1, text: null, kind: 'sep', under: 'sep' });
  return units;
}

function maskedUnit(bytes: Uint8Array, at: number): TextUnit {
  // A masked CR LF ends its line once, at the LF.
  const beforeLf = bytes[at] === 0x0d && bytes[at + 1] === 0x0a;
  const [cell] = textCells(bytes.subarray(at, at + 1));
  return { start: at, end: at + 1, text: cell!.text, kind: 'masked', under: beforeLf ? 'control' : cell!.kind };
}

/** How many cells a unit takes. With `ids` every byte has a cell, wide enough for two hexadecimal digits. */
export function unitWidth(unit: TextUnit, ids: boolean): number {
  const bytes = unit.end - unit.start;
  if (unit.kind === 'cls' || unit.kind === 'sep') return ids ? 2 : 4;
  if (ids || unit.kind === 'masked') return bytes;
  if (unit.kind === 'invalid' || unit.kind === 'tab') return 2;
  if (unit.kind === 'control') return Math.max(2, Math.ceil((controlName(unit.text!).length * 2) / 3));
  if (bytes <= 2) return 1;
  // Three-byte characters take two cells; flags and families have up to 40 bytes and a mark for each.
  return Math.max(2, Math.ceil(bytes / 4));
}

/** `U+200D` as `200D`, a control byte as its two digits: what stands in the box of a character without a glyph. */
export function controlName(text: string): string {
  const point = text.codePointAt(0) ?? 0;
  return point
    .toString(16)
    .toUpperCase()
    .padStart(point < 0x100 ? 2 : 4, '0');
}

export const hexByte = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

/** A byte value as one glyph: spaces and line ends are seen, bytes that are no character are their two digits. */
export function byteGlyph(byte: number): string {
  if (byte === 0x20) return '·';
  if (byte === 0x0a) return '↵';
  if (byte === 0x09) return '⇥';
  if (byte < 0x20) return String.fromCharCode(0x2400 + byte);
  if (byte === 0x7f) return '␡';
  return byte < 0x80 ? String.fromCharCode(byte) : hexByte(byte);
}

/** Bytes as one line of glyphs, for tables: characters where they are, byte glyphs where they are none. */
export function lineOfBytes(bytes: Uint8Array): string {
  return textCells(bytes)
    .map(({ text, kind, start }) => (kind === 'character' ? text : kind === 'newline' ? '↵' : byteGlyph(bytes[start]!)))
    .join('');
}

/** What the predicted bytes of one masked run look like: each glyph stands over `span` of its masked bytes. */
export interface PredictedGlyph {
  readonly start: number;
  readonly span: number;
  readonly text: string;
  readonly kind: CellKind;
}

/** @param predicted the bytes put in place of a run that begins at byte `start`. Glyphs partition the run. */
export function predictedGlyphs(predicted: Uint8Array, start: number): PredictedGlyph[] {
  return textCells(predicted).flatMap((cell): PredictedGlyph[] => {
    const span = cell.end - cell.start;
    if (cell.kind === 'character') return [{ start: start + cell.start, span, text: cell.text!, kind: 'character' }];
    // CR LF is one cell of a text, but two answers of the model.
    return Array.from({ length: cell.kind === 'newline' && cell.text === '\r\n' ? 2 : 1 }, (_, index) => ({
      start: start + cell.start + index,
      span: cell.text === '\r\n' ? 1 : span,
      text: byteGlyph(predicted[cell.start + index]!),
      kind: cell.kind,
    }));
  });
}
