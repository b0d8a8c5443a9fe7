import { describe, expect, it } from 'vitest';
import { highest, isClipped, oneScale, ownScale, percentile, scaled } from './scales';

describe('scales', () => {
  it('run from zero to the highest weight of the map on its own scale', () => {
    const scale = ownScale([0.1, 0.4, 0.2]);
    expect(scale).toEqual({ kind: 'linear', max: 0.4 });
    expect(scaled(0, scale)).toBe(0);
    expect(scaled(0.1, scale)).toBeCloseTo(0.25);
    expect(scaled(0.4, scale)).toBe(1);
  });

  it('end at the 99.5th percentile of the maxima on one scale, and clip what is above', () => {
    const maxima = Array.from({ length: 1001 }, (_, index) => index);
    const scale = oneScale(maxima);
    expect(scale.max).toBeCloseTo(995);
    expect(isClipped(996, scale)).toBe(true);
    expect(isClipped(995, scale)).toBe(false);
    expect(scaled(5000, scale)).toBe(1);
  });

  it('leave out maxima that are not yet known', () => {
    expect(oneScale([Number.NaN, 2, Number.NaN, 2]).max).toBe(2);
    expect(oneScale([Number.NaN]).max).toBe(0);
  });

  it('give percentiles as NumPy does', () => {
    expect(percentile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(percentile([1, 10], 0.995)).toBeCloseTo(9.955);
    expect(percentile([], 0.5)).toBe(0);
  });

  it('show four decades on the log scale', () => {
    const scale = ownScale([1], 'log');
    expect(scaled(1, scale)).toBe(1);
    expect(scaled(0.01, scale)).toBeCloseTo(0.5);
    expect(scaled(0.0001, scale)).toBeCloseTo(0);
    expect(scaled(1e-9, scale)).toBe(0);
    expect(scaled(0, scale)).toBe(0);
  });

  it('stay at zero for a map of zeros and for weights that are no numbers', () => {
    expect(scaled(0, ownScale([0, 0]))).toBe(0);
    expect(scaled(Number.NaN, ownScale([1]))).toBe(0);
    expect(highest([])).toBe(0);
  });
});
