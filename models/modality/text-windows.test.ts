import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstWindow, spansInside, textWindows } from './text-windows';

describe('sliding over a long text', () => {
  it('takes one window where the text fits', () => {
    expect(textWindows(510, 510)).toEqual([{ start: 0, end: 510, answers: { start: 0, end: 510 } }]);
  });

  it('answers every byte exactly once, from a window that reads a quarter of itself on both sides where there is text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 4, max: 600 }), (length, max) => {
        const windows = textWindows(length, max);
        let next = 0;
        for (const { start, end, answers } of windows) {
          expect(answers.start).toBe(next);
          expect(answers.end).toBeGreaterThan(answers.start);
          next = answers.end;
          expect(end - start).toBe(Math.min(max, length));
          const quarter = Math.floor(max / 4);
          expect(answers.start - start).toBeGreaterThanOrEqual(start === 0 ? 0 : quarter);
          expect(end - answers.end).toBeGreaterThanOrEqual(end === length ? 0 : quarter);
        }
        expect(next).toBe(length);
      }),
      { numRuns: 120, seed: 5 },
    );
  });

  it('carries the part of a mask that lies inside a window', () => {
    const masks = [
      { start: 0, end: 4 },
      { start: 8, end: 14 },
      { start: 30, end: 31 },
    ];
    expect(spansInside(masks, { start: 2, end: 10 })).toEqual([
      { start: 0, end: 2 },
      { start: 6, end: 8 },
    ]);
  });
});

describe('the first window', () => {
  it('never cuts a character in two', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 5 }), fc.integer({ min: 4, max: 40 }), (text, max) => {
        const bytes = new TextEncoder().encode(text);
        const { start, end } = firstWindow(bytes, max);
        expect(start).toBe(0);
        expect(end).toBeLessThanOrEqual(max);
        expect(end).toBeGreaterThanOrEqual(Math.min(bytes.length, max - 3));
        expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end))).not.toThrow();
      }),
      { numRuns: 300, seed: 6 },
    );
  });

  it('takes what fits of bytes that are no UTF-8', () => {
    expect(firstWindow(new Uint8Array(20).fill(0x80), 10)).toEqual({ start: 0, end: 10 });
  });
});
