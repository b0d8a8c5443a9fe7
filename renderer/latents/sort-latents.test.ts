import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosineSimilarity, largest, rankOf, sortLatents } from './sort-latents';

describe('sorting latents', () => {
  it('keeps the index where nothing else is asked, both ways', () => {
    expect([...sortLatents(4, null, 'ascending')]).toEqual([0, 1, 2, 3]);
    expect([...sortLatents(4, null, 'descending')]).toEqual([3, 2, 1, 0]);
  });

  it('breaks ties by index in both directions', () => {
    const values = [5, 1, 5, 1, 3];
    expect([...sortLatents(5, values, 'ascending')]).toEqual([1, 3, 4, 0, 2]);
    expect([...sortLatents(5, values, 'descending')]).toEqual([0, 2, 4, 1, 3]);
  });

  it('puts what is not yet known last in both directions', () => {
    const values = [Number.NaN, 2, Number.NaN, 1];
    expect([...sortLatents(4, values, 'ascending')]).toEqual([3, 1, 0, 2]);
    expect([...sortLatents(4, values, 'descending')]).toEqual([1, 3, 0, 2]);
    expect([...sortLatents(4, [7], 'ascending')]).toEqual([0, 1, 2, 3]);
  });

  it('is always a permutation in order', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { maxLength: 40 }), (values) => {
        const order = sortLatents(values.length, values, 'descending');
        expect([...order].sort((a, b) => a - b)).toEqual(values.map((_, index) => index));
        for (let place = 1; place < order.length; place++) {
          expect(values[order[place - 1]!]!).toBeGreaterThanOrEqual(values[order[place]!]!);
        }
      }),
    );
  });

  it('gives the largest first', () => {
    expect(largest([0.1, 0.5, 0.3, 0.5], 3)).toEqual([1, 3, 2]);
    expect(largest([1], 5)).toEqual([0]);
  });

  it('ranks with one for the largest and shared ranks', () => {
    expect([0, 1, 2, 3].map((index) => rankOf([0.2, 0.5, 0.5, 0.1], index))).toEqual([3, 1, 1, 4]);
  });
});

describe('similarity to the selected latent', () => {
  it('is one for the same map at any strength, zero where nothing is shared', () => {
    const maps = Float32Array.of(1, 0, 2, 0, 0, 3, 0, 4, 5, 0, 10, 0);
    const found = cosineSimilarity(maps, 4, 0);
    expect(found[0]).toBeCloseTo(1, 6);
    expect(found[1]).toBe(0);
    expect(found[2]).toBeCloseTo(1, 6);
  });

  it('is the cosine of the angle', () => {
    const found = cosineSimilarity([1, 0, 1, 1], 2, 0);
    expect(found[1]).toBeCloseTo(Math.SQRT1_2, 6);
  });

  it('is unknown for a map that is not there', () => {
    expect(cosineSimilarity([1, 1, 0, 0], 2, 0)[1]).toBeNaN();
    expect(cosineSimilarity([], 0, 0)).toHaveLength(0);
  });
});
