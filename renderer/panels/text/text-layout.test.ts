import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moveOfKey, moveUnit, selectedBytes } from './selection';
import { layoutText, type TextLayout, unitAt, unitOfByte } from './text-layout';
import { textUnits } from './text-units';

const layoutOf = (text: string, columns: number, ids = false): TextLayout => {
  const bytes = new TextEncoder().encode(text);
  return layoutText(textUnits(bytes, new Uint8Array(bytes.length)), columns, ids);
};
const linesOf = (layout: TextLayout): string[] =>
  Array.from({ length: layout.rows }, (_, row) =>
    layout.units
      .slice(layout.firstOfRow[row]!, layout.firstOfRow[row + 1]!)
      .map(({ kind, text }) => (kind === 'cls' ? '<' : kind === 'sep' ? '>' : text === '\n' ? '↵' : text))
      .join(''),
  );

describe('lines of a text', () => {
  it('break between words, spaces hanging over the edge', () => {
    expect(linesOf(layoutOf('the cat sat on mats', 12))).toEqual(['<the cat ', 'sat on mats', '>']);
    expect(linesOf(layoutOf('aaaa bbbbbb c', 12))).toEqual(['<aaaa ', 'bbbbbb c>']);
    expect(linesOf(layoutOf('aaaa bbb c', 12))).toEqual(['<aaaa bbb ', 'c>']);
  });

  it('break a word only where it is longer than a line', () => {
    expect(linesOf(layoutOf('ab abcdefghijkl', 8))).toEqual(['<ab ', 'abcdefgh', 'ijkl>']);
  });

  it('end where the text ends its lines, and show the end', () => {
    expect(linesOf(layoutOf('a\n\nb\n', 20))).toEqual(['<a↵', '↵', 'b↵', '>']);
  });

  it('may break between ideographs, never before closing punctuation', () => {
    expect(linesOf(layoutOf('感知感知。好', 12))).toEqual(['<感知感', '知。好>']);
  });

  it('hold every unit once, in order, inside the columns but for one that hangs', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.integer({ min: 8, max: 40 }), fc.boolean(), (text, columns, ids) => {
        const layout = layoutOf(text, columns, ids);
        for (let index = 0; index < layout.units.length; index++) {
          const end = layout.column[index]! + layout.width[index]!;
          const hangs = layout.column[index] === columns && layout.width[index] === 1;
          expect(end <= columns || hangs).toBe(true);
          if (index === 0) continue;
          const sameRow = layout.row[index] === layout.row[index - 1];
          if (sameRow) expect(layout.column[index]).toBe(layout.column[index - 1]! + layout.width[index - 1]!);
          else expect([layout.column[index], layout.row[index]]).toEqual([0, layout.row[index - 1]! + 1]);
        }
        expect(layout.rows).toBe(layout.row.at(-1)! + 1);
      }),
      { numRuns: 300, seed: 13 },
    );
  });

  it('find the unit at a place and the unit of a byte', () => {
    const layout = layoutOf('aé感 b', 20);
    for (let index = 0; index < layout.units.length; index++) {
      expect(unitAt(layout, layout.column[index]! + 0.5, layout.row[index]!)).toBe(index);
      for (let byte = layout.units[index]!.start; byte < layout.units[index]!.end; byte++) expect(unitOfByte(layout, byte)).toBe(index);
    }
    expect(unitAt(layout, 99, 99)).toBe(layout.units.length - 1);
    expect(unitAt(layout, -3, -3)).toBe(0);
  });
});

describe('moving among units', () => {
  const layout = layoutOf('one two\nthree four', 12);
  const at = (byte: number): number => unitOfByte(layout, byte);
  const move = (byte: number, to: Parameters<typeof moveUnit>[2]): number => layout.units[moveUnit(layout, at(byte), to)]!.start;

  it('goes by characters, words, lines and to the ends, never onto [CLS] or [SEP]', () => {
    expect([move(0, 'left'), move(0, 'right'), move(17, 'right')]).toEqual([0, 1, 17]);
    expect([move(5, 'word-left'), move(4, 'word-left'), move(0, 'word-right'), move(5, 'word-right')]).toEqual([4, 0, 4, 8]);
    expect([move(5, 'line-start'), move(1, 'line-end'), move(9, 'line-end')]).toEqual([0, 7, 17]);
    expect([move(9, 'text-start'), move(1, 'text-end')]).toEqual([0, 17]);
  });

  it('goes up and down by place', () => {
    // [CLS] takes four cells of the first line: byte 0 stands over byte 12.
    expect([move(0, 'down'), move(12, 'up'), move(9, 'up'), move(9, 'down')]).toEqual([12, 0, 0, 17]);
  });

  it('knows the keys of every platform', () => {
    const key = (name: string, more = {}) => moveOfKey({ key: name, ctrlKey: false, metaKey: false, altKey: false, ...more });
    expect(key('ArrowLeft')).toBe('left');
    expect(key('ArrowLeft', { metaKey: true })).toBe('line-start');
    expect(key('ArrowLeft', { altKey: true })).toBe('word-left');
    expect(key('ArrowRight', { ctrlKey: true })).toBe('word-right');
    expect(key('Home', { ctrlKey: true })).toBe('text-start');
    expect(key('m')).toBeNull();
  });

  it('selects whole characters, in either direction', () => {
    expect(selectedBytes(layout, { anchor: at(6), focus: at(4) })).toEqual({ start: 4, end: 7 });
    expect(selectedBytes(layout, { anchor: at(4), focus: at(4) })).toEqual({ start: 4, end: 5 });
  });
});
