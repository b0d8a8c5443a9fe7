import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type TextCell, textCells } from './text-cells';

const cellsOf = (text: string): TextCell[] => textCells(new TextEncoder().encode(text));

describe('text as a person reads it', () => {
  it('partitions any bytes into cells that decode to their text', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.string({ unit: 'grapheme' }).map((text) => new TextEncoder().encode(text)),
      fc.string({ unit: 'binary' }).map((text) => new TextEncoder().encode(text)),
    );
    fc.assert(
      fc.property(bytes, (input) => {
        let next = 0;
        for (const { start, end, text, kind } of textCells(input)) {
          expect(start).toBe(next);
          expect(end).toBeGreaterThan(start);
          next = end;
          if (text === null) {
            expect([end - start, kind]).toEqual([1, 'invalid']);
          } else {
            expect(kind).not.toBe('invalid');
            expect(new TextEncoder().encode(text)).toEqual(Uint8Array.from(input.subarray(start, end)));
          }
        }
        expect(next).toBe(input.length);
      }),
      { numRuns: 500, seed: 2 },
    );
  });

  it('calls a byte invalid exactly where a strict decoder refuses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 4 }), (input) => {
        const strict = (): string => new TextDecoder('utf-8', { fatal: true }).decode(input);
        const sound = textCells(input).every(({ kind }) => kind !== 'invalid');
        if (sound) expect(strict).not.toThrow();
        else expect(strict).toThrow();
      }),
      { numRuns: 2000, seed: 4 },
    );
  });

  it.each([
    ['👩‍👩‍👧‍👦', 25],
    ['e\u0301', 3],
    ['🇫🇷', 8],
    ['你', 3],
  ])('keeps %s together as one cell', (text, bytes) => {
    expect(cellsOf(text)).toEqual([{ start: 0, end: bytes, text, kind: 'character' }]);
  });

  it('names spaces, line ends, tabs and control characters', () => {
    expect(cellsOf('a \t\r\n\n\x00').map(({ kind }) => kind)).toEqual(['character', 'space', 'tab', 'newline', 'newline', 'control']);
  });

  it('boxes each byte that is no UTF-8 by itself', () => {
    expect(textCells(Uint8Array.of(0x41, 0xc3, 0xff, 0xc3, 0xa9)).map(({ start, end, kind }) => [start, end, kind])).toEqual([
      [0, 1, 'character'],
      [1, 2, 'invalid'],
      [2, 3, 'invalid'],
      [3, 5, 'character'],
    ]);
  });
});
