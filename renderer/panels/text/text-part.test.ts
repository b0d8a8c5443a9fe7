import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { excerptAfter, excerptBefore, insidePart, partAt, withoutSpan, withSpan } from './text-part';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const strict = (bytes: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(bytes);

describe('the part of a text that is read', () => {
  it('is the whole text where it fits', () => {
    expect(partAt(utf8('short'), 3, 510)).toEqual({ start: 0, end: 5 });
  });

  it('holds whole characters, at most as many bytes as the model reads, and nearly as many', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '感', '🙂'), minLength: 30, maxLength: 60 }), fc.nat(200), (text, start) => {
        const bytes = utf8(text);
        const { start: from, end } = partAt(bytes, start, 16);
        expect(end - from).toBeLessThanOrEqual(16);
        expect(end - from).toBeGreaterThanOrEqual(Math.min(bytes.length, 11));
        expect(() => strict(bytes.subarray(from, end))).not.toThrow();
        if (start >= bytes.length) expect(end).toBe(bytes.length);
        else expect(from).toBeLessThanOrEqual(Math.max(start, bytes.length - 13));
      }),
      { numRuns: 400, seed: 37 },
    );
  });

  it('copes with bytes that are no UTF-8', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 60 }), fc.nat(70), (bytes, start) => {
        const part = partAt(bytes, start, 16);
        expect(part.start).toBeGreaterThanOrEqual(0);
        expect(part.end).toBeGreaterThan(part.start);
        expect(part.end - part.start).toBeLessThanOrEqual(16);
      }),
      { numRuns: 400, seed: 41 },
    );
  });

  it('has excerpts of what is left out on both sides, of whole characters', () => {
    const bytes = utf8('感感感感');
    expect(strict(excerptBefore(bytes, 6, 4))).toBe('感');
    expect(strict(excerptAfter(bytes, 6, 5))).toBe('感');
    expect(excerptAfter(bytes, 12, 5)).toHaveLength(0);
  });
});

describe('spans of masks', () => {
  it('are cut at the part that is read and counted from it', () => {
    expect(
      insidePart(
        [
          { start: 2, end: 6 },
          { start: 8, end: 9 },
          { start: 12, end: 20 },
        ],
        { start: 4, end: 14 },
      ),
    ).toEqual([
      { start: 0, end: 2 },
      { start: 4, end: 5 },
      { start: 8, end: 10 },
    ]);
  });

  it('join where they touch and split around what is unmasked', () => {
    expect(
      withSpan(
        [
          { start: 6, end: 8 },
          { start: 0, end: 2 },
        ],
        { start: 2, end: 5 },
      ),
    ).toEqual([
      { start: 0, end: 5 },
      { start: 6, end: 8 },
    ]);
    expect(
      withoutSpan(
        [
          { start: 0, end: 8 },
          { start: 9, end: 10 },
        ],
        { start: 2, end: 5 },
      ),
    ).toEqual([
      { start: 0, end: 2 },
      { start: 5, end: 8 },
      { start: 9, end: 10 },
    ]);
    expect(withoutSpan([{ start: 2, end: 5 }], { start: 0, end: 9 })).toEqual([]);
  });
});
