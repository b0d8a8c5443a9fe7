import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteGlyph, lineOfBytes, maskFlags, predictedGlyphs, textUnits, unitWidth } from './text-units';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const unitsOf = (text: string, ...masks: [number, number][]) => {
  const bytes = utf8(text);
  return textUnits(
    bytes,
    maskFlags(
      bytes.length,
      masks.map(([start, end]) => ({ start, end })),
    ),
  );
};

describe('units of a text', () => {
  it('partition the rows from [CLS] to [SEP], a masked byte by itself', () => {
    const spans = fc.array(fc.tuple(fc.nat(60), fc.nat(60)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 60 }), fc.string({ unit: 'grapheme' }).map(utf8)), spans, (bytes, pairs) => {
        const masked = maskFlags(
          bytes.length,
          pairs.map(([start, end]) => ({ start, end })),
        );
        const units = textUnits(bytes, masked);
        let next = -1;
        for (const { start, end, kind } of units) {
          expect(start).toBe(next);
          expect(end).toBeGreaterThan(start);
          if (kind === 'masked') expect(end).toBe(start + 1);
          for (let byte = Math.max(0, start); byte < Math.min(bytes.length, end); byte++)
            expect(masked[byte]).toBe(kind === 'masked' ? 1 : 0);
          next = end;
        }
        expect(next).toBe(bytes.length + 1);
        expect([units[0]!.kind, units.at(-1)!.kind]).toEqual(['cls', 'sep']);
      }),
      { numRuns: 300, seed: 7 },
    );
  });

  it('keep a character together, and split it where one of its bytes is masked', () => {
    expect(unitsOf('aé').map(({ start, end, kind }) => [start, end, kind])).toEqual([
      [-1, 0, 'cls'],
      [0, 1, 'character'],
      [1, 3, 'character'],
      [3, 4, 'sep'],
    ]);
    expect(unitsOf('aé', [2, 3]).map(({ kind }) => kind)).toEqual(['cls', 'character', 'invalid', 'masked', 'sep']);
  });

  it('take one cell for ASCII and é, two for 感, more for what has many bytes', () => {
    const widths = (text: string) =>
      unitsOf(text)
        .slice(1, -1)
        .map((unit) => unitWidth(unit, false));
    expect(widths('aé感“')).toEqual([1, 1, 2, 2]);
    expect(widths('👩‍👩‍👧‍👦')).toEqual([7]);
    expect(
      unitsOf('aé感')
        .slice(1, -1)
        .map((unit) => unitWidth(unit, true)),
    ).toEqual([1, 2, 3]);
  });

  it('know what a masked byte hides, so that masking moves no line', () => {
    expect(unitsOf('a b\r\nc', [0, 6]).map(({ under }) => under)).toEqual([
      'cls',
      'character',
      'space',
      'character',
      'control',
      'newline',
      'character',
      'sep',
    ]);
  });
});

describe('glyphs of bytes', () => {
  it('show spaces, line ends, control characters and lone bytes', () => {
    expect([0x20, 0x0a, 0x09, 0x01, 0x7f, 0x41, 0xc3].map(byteGlyph)).toEqual(['·', '↵', '⇥', '␁', '␡', 'A', 'C3']);
    expect(lineOfBytes(Uint8Array.of(0x61, 0x20, 0xc3, 0xa9, 0xff, 0x0d, 0x0a))).toBe('a·éFF↵');
  });

  it('of a prediction stand over all bytes of a character, and partition the run', () => {
    expect(predictedGlyphs(utf8('a 感'), 10)).toEqual([
      { start: 10, span: 1, text: 'a', kind: 'character' },
      { start: 11, span: 1, text: '·', kind: 'space' },
      { start: 12, span: 3, text: '感', kind: 'character' },
    ]);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        let next = 5;
        for (const { start, span } of predictedGlyphs(bytes, 5)) {
          expect(start).toBe(next);
          next += span;
        }
        expect(next).toBe(5 + bytes.length);
      }),
      { numRuns: 300, seed: 11 },
    );
  });
});
