import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankShares, reachedSpans, spansOfText } from './reach';
import { maskFlags } from './text-units';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('spans that reach an output', () => {
  it('are words, what is between them, masked runs, [CLS] and [SEP]', () => {
    const bytes = utf8('some words are missing.');
    const masked = maskFlags(bytes.length, [{ start: 14, end: 22 }]);
    const weights = new Float32Array(bytes.length + 2);
    weights.fill(0.02, 15, 23);
    weights[1] = 0.1;
    weights[4] = 0.05;
    weights[0] = 0.12;
    expect(
      reachedSpans(bytes, masked, weights, 3).map(({ start, text, share, highest }) => [start, text, share.toFixed(3), highest.toFixed(2)]),
    ).toEqual([
      [14, '·missing', '0.160', '0.02'],
      [0, 'some', '0.150', '0.10'],
      [-1, '[CLS]', '0.120', '0.12'],
    ]);
  });

  it('know Chinese words', () => {
    const bytes = utf8('你好，世界');
    expect(spansOfText(bytes, new Uint8Array(bytes.length)).map(({ start, end }) => [start, end])).toEqual([
      [-1, 0],
      [0, 6],
      [6, 9],
      [9, 15],
      [15, 16],
    ]);
  });

  it('partition the rows, so that all shares add up to the whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(50), fc.nat(50), (bytes, a, b) => {
        const masked = maskFlags(bytes.length, [{ start: Math.min(a, b), end: Math.max(a, b) }]);
        let next = -1;
        for (const { start, end } of spansOfText(bytes, masked)) {
          expect(start).toBe(next);
          expect(end).toBeGreaterThan(start);
          next = end;
        }
        expect(next).toBe(bytes.length + 1);
        const weights = new Float32Array(bytes.length + 2).fill(1 / (bytes.length + 2));
        const total = reachedSpans(bytes, masked, weights, 1000).reduce((sum, { share }) => sum + share, 0);
        expect(total).toBeCloseTo(1, 4);
      }),
      { numRuns: 300, seed: 29 },
    );
  });
});

describe('how many latents carry half of a query', () => {
  it('counts the largest until half is reached', () => {
    expect(rankShares([0.1, 0.4, 0.2, 0.3]).half).toBe(2);
    expect(rankShares([0.5, 0.5]).half).toBe(1);
    expect(rankShares(new Float32Array(8).fill(0.125)).half).toBe(4);
    expect(rankShares([0, 0]).half).toBe(0);
    expect([...rankShares([1, 3, 2]).sorted]).toEqual([3, 2, 1]);
  });

  it('is the least number that does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 40 }), (weights) => {
        const { sorted, half } = rankShares(weights);
        const sum = (count: number) => sorted.subarray(0, count).reduce((total, share) => total + share, 0);
        expect(sum(half)).toBeGreaterThanOrEqual(sum(sorted.length) / 2);
        expect(sum(half - 1)).toBeLessThan(sum(sorted.length) / 2);
      }),
      { numRuns: 200, seed: 31 },
    );
  });
});
