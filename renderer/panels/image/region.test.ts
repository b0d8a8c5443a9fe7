import { describe, expect, it } from 'vitest';
import { cellOf, heldInside, moved, pixelOf, rectBetween, regionText, resized, rowsOf } from './region';

const size = { width: 32, height: 24 };

describe('region', () => {
  it('holds both ends of a drag in any direction, cut to the picture', () => {
    expect(rectBetween({ x: 10, y: 8 }, { x: 4, y: 9 }, size)).toEqual({ x: 4, y: 8, width: 7, height: 2 });
    expect(rectBetween({ x: -5, y: 3 }, { x: 99, y: 3 }, size)).toEqual({ x: 0, y: 3, width: 32, height: 1 });
  });

  it('moves with its size kept and stops at the border', () => {
    const rect = { x: 20, y: 10, width: 8, height: 4 };
    expect(moved(rect, 1, -1, size)).toEqual({ x: 21, y: 9, width: 8, height: 4 });
    expect(moved(rect, 100, 100, size)).toEqual({ x: 24, y: 20, width: 8, height: 4 });
    expect(moved(rect, -100, 0, size)).toEqual({ x: 0, y: 10, width: 8, height: 4 });
  });

  it('resizes at its lower right corner between one pixel and the border', () => {
    const rect = { x: 20, y: 10, width: 8, height: 4 };
    expect(resized(rect, 2, 1, size)).toEqual({ x: 20, y: 10, width: 10, height: 5 });
    expect(resized(rect, -20, -20, size)).toEqual({ x: 20, y: 10, width: 1, height: 1 });
    expect(resized(rect, 50, 50, size)).toEqual({ x: 20, y: 10, width: 12, height: 14 });
  });

  it('takes typed numbers into the picture', () => {
    expect(heldInside({ x: 31, y: -4, width: 0, height: 900 }, size)).toEqual({ x: 31, y: 0, width: 1, height: 24 });
  });

  it('names its input rows row by row', () => {
    expect(rowsOf({ x: 30, y: 1, width: 2, height: 2 }, size, size)).toEqual([62, 63, 94, 95]);
  });

  it('names the input rows it touches where they are fewer than the pixels', () => {
    const [picture, grid] = [
      { width: 224, height: 224 },
      { width: 55, height: 55 },
    ];
    expect(rowsOf({ x: 0, y: 0, width: 224, height: 224 }, picture, grid)).toHaveLength(55 * 55);
    expect(rowsOf({ x: 223, y: 223, width: 1, height: 1 }, picture, grid)).toEqual([55 * 55 - 1]);
    expect(rowsOf({ x: 0, y: 4, width: 8, height: 4 }, picture, grid)).toEqual([55, 56]);
    for (let x = 0; x < 55; x += 1) expect(cellOf(pixelOf({ x, y: 54 - x }, picture, grid), picture, grid)).toEqual({ x, y: 54 - x });
    expect(pixelOf({ x: 31, y: 7 }, size, size)).toEqual({ x: 31, y: 7 });
  });

  it('says which pixels it holds', () => {
    expect(regionText({ x: 81, y: 67, width: 76, height: 59 })).toBe('x 81–156, y 67–125');
    expect(regionText({ x: 3, y: 4, width: 1, height: 2 })).toBe('x 3, y 4–5');
  });
});
