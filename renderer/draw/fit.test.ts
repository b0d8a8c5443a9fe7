import { describe, expect, it } from 'vitest';
import { cellAt, fitWhole } from './fit';

describe('fit', () => {
  it.each([
    [32, 448, 448, 14],
    [32, 336, 336, 10.5],
    [32, 450, 448, 14],
    [224, 448, 448, 2],
    [224, 336, 336, 1.5],
    [224, 447, 336, 1.5],
    [100, 290, 200, 2],
    [600, 448, 300, 0.5],
  ])('draws %i pixels in %i at %i CSS px, %f times', (pixels, room, expected, scale) => {
    const fit = fitWhole({ width: pixels, height: pixels }, { width: room, height: room });
    expect(fit.scale).toBe(scale);
    expect(fit.width).toBe(expected);
  });

  it('is crisp where a pixel takes whole device pixels or many of them', () => {
    expect(fitWhole({ width: 32, height: 32 }, { width: 336, height: 336 }).crisp).toBe(true);
    expect(fitWhole({ width: 32, height: 32 }, { width: 448, height: 448 }).crisp).toBe(true);
    expect(fitWhole({ width: 224, height: 224 }, { width: 336, height: 336 }, 1).crisp).toBe(false);
    expect(fitWhole({ width: 224, height: 224 }, { width: 336, height: 336 }, 2).crisp).toBe(true);
  });

  it('keeps the shape of what is not square', () => {
    expect(fitWhole({ width: 64, height: 16 }, { width: 448, height: 448 })).toMatchObject({ width: 448, height: 112, scale: 7 });
  });

  it('shrinks what is far too large to what fits', () => {
    const fit = fitWhole({ width: 2000, height: 1000 }, { width: 400, height: 400 });
    expect(fit).toMatchObject({ width: 400, height: 200, crisp: false });
  });

  it('finds the cell under the pointer and nothing beside the picture', () => {
    const fit = { width: 448, height: 448 };
    expect(cellAt({ width: 32, height: 32 }, fit, 0, 0)).toEqual({ x: 0, y: 0, index: 0 });
    expect(cellAt({ width: 32, height: 32 }, fit, 447.9, 15)).toEqual({ x: 31, y: 1, index: 63 });
    expect(cellAt({ width: 32, height: 32 }, fit, 448, 3)).toBeNull();
    expect(cellAt({ width: 32, height: 32 }, fit, -0.1, 3)).toBeNull();
  });
});
