/** A brushed rectangle of the input, in whole pixels of the picture as the model got it. */
import type { Size } from '../../draw/area-average';

export interface PixelPlace {
  readonly x: number;
  readonly y: number;
}

export interface PixelRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** A rectangle inside the picture: at least one pixel, moved in before it is cut. */
export function heldInside(rect: PixelRect, size: Size): PixelRect {
  const width = clamp(Math.round(rect.width), 1, size.width);
  const height = clamp(Math.round(rect.height), 1, size.height);
  return { x: clamp(Math.round(rect.x), 0, size.width - width), y: clamp(Math.round(rect.y), 0, size.height - height), width, height };
}

/** The rectangle between two pixels of a drag, both included, cut to the picture. */
export function rectBetween(a: { x: number; y: number }, b: { x: number; y: number }, size: Size): PixelRect {
  const left = clamp(Math.min(a.x, b.x), 0, size.width - 1);
  const top = clamp(Math.min(a.y, b.y), 0, size.height - 1);
  const right = clamp(Math.max(a.x, b.x), 0, size.width - 1);
  const bottom = clamp(Math.max(a.y, b.y), 0, size.height - 1);
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

/** Moves a rectangle by pixels; it stops at the border with its size kept. */
export const moved = (rect: PixelRect, dx: number, dy: number, size: Size): PixelRect =>
  heldInside({ ...rect, x: rect.x + dx, y: rect.y + dy }, size);

/** Moves the lower right corner by pixels; it stops at the border and at one pixel. */
export function resized(rect: PixelRect, dx: number, dy: number, size: Size): PixelRect {
  return {
    ...rect,
    width: clamp(rect.width + dx, 1, size.width - rect.x),
    height: clamp(rect.height + dy, 1, size.height - rect.y),
  };
}

/**
 * Input rows that a rectangle touches, row-major: what an attention question takes as its region.
 * @param grid how the input rows lie over the picture: one a pixel, or fewer where convolutions have read it.
 */
export function rowsOf(rect: PixelRect, picture: Size, grid: Size): number[] {
  const rows: number[] = [];
  const first = cellOf(rect, picture, grid);
  const last = cellOf({ x: rect.x + rect.width - 1, y: rect.y + rect.height - 1 }, picture, grid);
  for (let y = first.y; y <= last.y; y++) {
    for (let x = first.x; x <= last.x; x++) rows.push(y * grid.width + x);
  }
  return rows;
}

/** The cell of a grid over the picture that the middle of a pixel lies in. */
export function cellOf(pixel: PixelPlace, picture: Size, grid: Size): PixelPlace {
  return {
    x: Math.floor(((pixel.x + 0.5) * grid.width) / picture.width),
    y: Math.floor(((pixel.y + 0.5) * grid.height) / picture.height),
  };
}

/** The pixel in the middle of a cell; `cellOf` leads back from it, over grids no finer than the picture. */
export function pixelOf(cell: PixelPlace, picture: Size, grid: Size): PixelPlace {
  return {
    x: Math.floor(((cell.x + 0.5) * picture.width) / grid.width),
    y: Math.floor(((cell.y + 0.5) * picture.height) / grid.height),
  };
}

/** "x 81–156, y 67–125": the pixels at both ends are inside. */
export function regionText(rect: PixelRect): string {
  const range = (from: number, length: number): string => (length === 1 ? `${from}` : `${from}–${from + length - 1}`);
  return `x ${range(rect.x, rect.width)}, y ${range(rect.y, rect.height)}`;
}
