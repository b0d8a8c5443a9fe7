import { describe, expect, it } from 'vitest';
import { areaAverage } from './area-average';

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

describe('area average', () => {
  it('gives the means of whole blocks', () => {
    const result = areaAverage([1, 2, 3, 4, 5, 6, 7, 8], { width: 4, height: 2 }, { width: 2, height: 1 });
    expect(Array.from(result)).toEqual([3.5, 5.5]);
  });

  it('weights cells by the part that is covered', () => {
    const result = areaAverage([0, 3, 6], { width: 3, height: 1 }, { width: 2, height: 1 });
    expect(result[0]).toBeCloseTo((0 + 3 * 0.5) / 1.5, 6);
    expect(result[1]).toBeCloseTo((3 * 0.5 + 6) / 1.5, 6);
  });

  it.each([
    [32, 32, 56, 56],
    [224, 224, 56, 56],
    [31, 17, 12, 9],
    [5, 3, 84, 40],
    [1, 1, 7, 7],
  ])('keeps the mean from %i × %i to %i × %i', (width, height, toWidth, toHeight) => {
    const values = Float32Array.from({ length: width * height }, (_, index) => ((index * 7919) % 101) / 100);
    const result = areaAverage(values, { width, height }, { width: toWidth, height: toHeight });
    expect(result).toHaveLength(toWidth * toHeight);
    expect(mean(result)).toBeCloseTo(mean(values), 4);
  });

  it('does not alias a lattice finer than the target: every cell is the mean', () => {
    const values = Float32Array.from({ length: 224 * 224 }, (_, index) => ((index % 224) % 2 === 0 ? 1 : 0));
    const result = areaAverage(values, { width: 224, height: 224 }, { width: 56, height: 56 });
    for (const value of result) expect(value).toBeCloseTo(0.5, 5);
  });

  it('repeats cells unchanged at whole multiples', () => {
    const result = areaAverage([1, 2, 3, 4], { width: 2, height: 2 }, { width: 4, height: 4 });
    expect(Array.from(result)).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
  });

  it('keeps channels apart', () => {
    const result = areaAverage([0, 10, 2, 30], { width: 2, height: 1 }, { width: 1, height: 1 }, 2);
    expect(Array.from(result)).toEqual([1, 20]);
  });
});
