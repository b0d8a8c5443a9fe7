/**
 * Bytes as a person reads them: one cell a character, however many bytes it has. Grapheme clusters (a letter with its
 * accents, an emoji with its parts) stay together; a byte that is no UTF-8 stands alone. Cells partition the bytes.
 */

export type CellKind = 'character' | 'space' | 'newline' | 'tab' | 'control' | 'invalid';

/** Offsets in bytes, `end` exclusive. `text` is null for a byte that is no UTF-8. */
export interface TextCell {
  readonly start: number;
  readonly end: number;
  readonly text: string | null;
  readonly kind: CellKind;
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

function kindOf(text: string): CellKind {
  if (text === '\n' || text === '\r' || text === '\r\n' || text === '\u2028' || text === '\u2029') return 'newline';
  if (text === '\t') return 'tab';
  if (/^\p{Zs}$/u.test(text)) return 'space';
  if (/^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u.test(text)) return 'control';
  return 'character';
}

/**
 * Length of the well-formed UTF-8 sequence at `at`, or 0 (Unicode 16, table 3-7: no overlong forms, no surrogates,
 * nothing above U+10FFFF).
 */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  const second = bytes[at + 1]!;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let i = 2; i < length; i++) if ((bytes[at + i]! & 0xc0) !== 0x80) return 0;
  return length;
}

export function textCells(bytes: Uint8Array): TextCell[] {
  const cells: TextCell[] = [];
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const encoder = new TextEncoder();
  let at = 0;
  while (at < bytes.length) {
    let end = at;
    while (end < bytes.length && sequenceLength(bytes, end) > 0) end += sequenceLength(bytes, end);
    for (const { segment } of segmenter.segment(decoder.decode(bytes.subarray(at, end)))) {
      const start = at;
      at += encoder.encode(segment).length;
      cells.push({ start, end: at, text: segment, kind: kindOf(segment) });
    }
    if (at < bytes.length) {
      cells.push({ start: at, end: at + 1, text: null, kind: 'invalid' });
      at += 1;
    }
  }
  return cells;
}
