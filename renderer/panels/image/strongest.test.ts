import { describe, expect, it } from 'vitest';
import { strongestApart, topRows } from './strongest';

const size = { width: 36, height: 36 };
const map = (...peaks: readonly [x: number, y: number, height: number][]): Float32Array =>
  Float32Array.from({ length: 36 * 36 }, (_, row) =>
    peaks.reduce((sum, [x, y, height]) => sum + height * Math.exp(-(((row % 36) - x) ** 2 + (Math.floor(row / 36) - y) ** 2) / 4), 0),
  );

describe('strongest rows', () => {
  it('come highest first with their place', () => {
    const weights = [0.1, 0.4, 0.4, 0.05, 0.04, 0.01];
    expect(topRows(weights, 3, 3)).toEqual([
      { row: 1, x: 1, y: 0, weight: 0.4 },
      { row: 2, x: 2, y: 0, weight: 0.4 },
      { row: 0, x: 0, y: 0, weight: 0.1 },
    ]);
  });

  it('find the weaker peak before the neighbours of the stronger one', () => {
    const rows = strongestApart(map([5, 5, 1], [30, 20, 0.3]), size, 4);
    expect(rows[0]).toMatchObject({ x: 5, y: 5 });
    expect(rows.some((row) => row.x === 30 && row.y === 20)).toBe(true);
  });

  it('are apart while there is room and sorted by weight', () => {
    const rows = strongestApart(map([5, 5, 1], [30, 20, 0.3], [10, 30, 0.6]), size, 3);
    expect(rows).toHaveLength(3);
    for (const [index, row] of rows.entries()) {
      for (const other of rows.slice(0, index)) {
        expect(Math.hypot(row.x - other.x, row.y - other.y)).toBeGreaterThan(2);
        expect(other.weight).toBeGreaterThanOrEqual(row.weight);
      }
    }
  });

  it('come closer together where only one small blob has weight', () => {
    const weights = new Float32Array(36 * 36);
    weights[40] = 0.6;
    weights[41] = 0.4;
    expect(strongestApart(weights, size, 4).map((row) => row.row)).toEqual([40, 41]);
  });

  it('are none for a map of zeros', () => {
    expect(strongestApart(new Float32Array(36 * 36), size, 4)).toEqual([]);
  });
});
