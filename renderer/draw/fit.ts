/** Sizes at which a grid of pixels is drawn: whole or half multiples wherever the space allows one. */
import type { Size } from './area-average';

/** A grid of `size` on screen: CSS pixels, and how many of them one pixel of the grid takes. */
export interface Fit extends Size {
  readonly scale: number;
  /** True where the grid's pixels are drawn without smoothing: whole device pixels each, or so many that one more is not seen. */
  readonly crisp: boolean;
}

/** From here on a half multiple is drawn crisp too: pixels of 10 and 11 side by side look alike, of 2 and 3 they do not. */
const LARGE_PIXEL = 4;

/**
 * The largest whole or half multiple of the grid that fits (between 2 and 4 whole only); below half size whatever fits.
 * @param ratio device pixels per CSS pixel.
 */
export function fitWhole(size: Size, space: Size, ratio = 1): Fit {
  const room = Math.min(space.width / size.width, space.height / size.height);
  const halves = Math.floor(room * 2) / 2;
  const scale = room >= 2 && room < LARGE_PIXEL ? Math.floor(room) : room >= 0.5 ? halves : room;
  const used = Math.max(scale, 1 / Math.max(size.width, size.height));
  return {
    width: Math.max(1, Math.round(size.width * used)),
    height: Math.max(1, Math.round(size.height * used)),
    scale: used,
    crisp: used * ratio >= LARGE_PIXEL || (Math.abs(used * ratio - Math.round(used * ratio)) < 1e-6 && used * ratio >= 1),
  };
}

/** The cell under a point of the drawn grid, or null beside it. x and y in CSS pixels from its upper left corner. */
export function cellAt(size: Size, fit: Size, x: number, y: number): { x: number; y: number; index: number } | null {
  const column = Math.floor((x / fit.width) * size.width);
  const row = Math.floor((y / fit.height) * size.height);
  if (column < 0 || row < 0 || column >= size.width || row >= size.height) return null;
  return { x: column, y: row, index: row * size.width + column };
}
