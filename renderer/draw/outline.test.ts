import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxBlur, halfMassOutline, massAbove, massLevel, pathData, pixelOutline, type Segments, smoothOutline } from './outline';

/** Every end of a piece must meet an even number of ends: the line is closed everywhere. */
function openEnds(segments: Segments): number {
  const ends = new Map<string, number>();
  const split: number[][] = [];
  for (let index = 0; index < segments.length; index += 4) split.push(Array.from(segments.subarray(index, index + 4)));
  for (const [x1, y1, x2, y2] of split) {
    for (const key of [`${x1!.toFixed(3)},${y1!.toFixed(3)}`, `${x2!.toFixed(3)},${y2!.toFixed(3)}`])
      ends.set(key, (ends.get(key) ?? 0) + 1);
  }
  return [...ends.values()].filter((count) => count % 2 === 1).length;
}

const blob = (width: number, height: number, x0: number, y0: number, radius: number): Float32Array =>
  Float32Array.from({ length: width * height }, (_, index) =>
    Math.exp(-(((index % width) - x0) ** 2 + (Math.floor(index / width) - y0) ** 2) / (2 * radius * radius)),
  );

describe('mass level', () => {
  it('is the weight at which the strongest cells reach half', () => {
    expect(massLevel([0.1, 0.4, 0.2, 0.3])).toBe(0.3);
    expect(massLevel([0.6, 0.4])).toBe(0.6);
    expect(massLevel([1, 1, 1, 1])).toBe(1);
  });

  it('encloses nothing where there is no mass', () => {
    expect(massLevel([0, 0])).toBe(Number.POSITIVE_INFINITY);
    expect(halfMassOutline([0, 0, 0, 0], 2, 2, 10)).toHaveLength(0);
    expect(halfMassOutline([0, 0, 0, 0], 2, 2, 1)).toHaveLength(0);
  });

  it('encloses at least half, and less than half without its own cells', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 60 }), (weights) => {
        const level = massLevel(weights);
        if (level === Number.POSITIVE_INFINITY) return;
        expect(massAbove(weights, level)).toBeGreaterThanOrEqual(0.5 - 1e-6);
        const stricter = weights.filter((weight) => weight > level).reduce((sum, weight) => sum + weight, 0);
        expect(stricter).toBeLessThan(0.5 * weights.reduce((sum, weight) => sum + weight, 0) + 1e-9);
      }),
    );
  });

  it('sums the mass, not the smoothed field that gives the order', () => {
    const mass = blob(20, 20, 6, 9, 2);
    const field = boxBlur(mass, 20, 20, 2);
    const level = massLevel(field, 0.5, mass);
    expect(massAbove(field, level, mass)).toBeGreaterThanOrEqual(0.5 - 1e-6);
    expect(massAbove(field, level, mass)).toBeLessThan(0.6);
  });
});

describe('pixel outline', () => {
  it('goes round one pixel in four pieces', () => {
    const segments = pixelOutline([0, 0, 0, 0, 1, 0, 0, 0, 0], 3, 3, 1);
    const pieces = Array.from({ length: segments.length / 4 }, (_, index) =>
      Array.from(segments.subarray(4 * index, 4 * index + 4)).join(' '),
    );
    expect(pieces.sort()).toEqual(['1 1 1 2', '1 1 2 1', '1 2 2 2', '2 1 2 2']);
  });

  it('joins straight runs and closes at the border', () => {
    const segments = pixelOutline([1, 1, 0, 0], 2, 2, 1);
    expect(segments).toHaveLength(16);
    expect(openEnds(segments)).toBe(0);
    expect(pathData(segments)).toContain('M0 0L2 0');
  });
});

describe('smooth outline', () => {
  it('is closed for any map', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 30, maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        (field, level) => {
          expect(openEnds(smoothOutline(field, 6, 5, level - 0.5))).toBe(0);
        },
      ),
    );
  });

  it('lies where the field takes the level', () => {
    // A round hill: every point of the line is as far from its top as the level says.
    const field = blob(41, 41, 20, 20, 6);
    const segments = smoothOutline(field, 41, 41, Math.exp(-0.5));
    expect(segments.length).toBeGreaterThan(40);
    for (let index = 0; index < segments.length; index += 2) {
      expect(Math.hypot(segments[index]! - 20.5, segments[index + 1]! - 20.5)).toBeCloseTo(6, 0);
    }
  });

  it('stays inside the map', () => {
    const segments = smoothOutline([1, 1, 1, 1], 2, 2, 0.5);
    for (const value of segments) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(2);
    }
    expect(openEnds(segments)).toBe(0);
  });
});

describe('box blur', () => {
  it('is the mean of the square, cut at the border', () => {
    const field = Float32Array.from({ length: 35 }, (_, index) => (index * 37) % 11);
    const result = boxBlur(field, 7, 5, 2);
    for (let y = 0; y < 5; y++) {
      for (let x = 0; x < 7; x++) {
        let sum = 0;
        let count = 0;
        for (let j = Math.max(0, y - 2); j <= Math.min(4, y + 2); j++) {
          for (let i = Math.max(0, x - 2); i <= Math.min(6, x + 2); i++) {
            sum += field[j * 7 + i]!;
            count++;
          }
        }
        expect(result[y * 7 + x]).toBeCloseTo(sum / count, 4);
      }
    }
  });
});
