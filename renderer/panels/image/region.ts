/** A brushed rectangle of the input, in whole pixels of the picture as the model got it. */
import type { Size } from '../../draw/area-average';

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

/** Input rows of a rectangle, row-major: what an attention question takes as its region. */
export function rowsOf(rect: PixelRect, size: Size): number[] {
  const rows: number[] = [];
  for (let y = rect.y; y < rect.y + rect.height; y++) {
    for (let x = rect.x; x < rect.x + rect.width; x++) rows.push(y * size.width + x);
  }
  return rows;
}

/** "x 81–156, y 67–125": the pixels at both ends are inside. */
export function regionText(rect: PixelRect): string {
  const range = (from: number, length: number): string => (length === 1 ? `${from}` : `${from}–${from + length - 1}`);
  return `x ${range(rect.x, rect.width)}, y ${range(rect.y, rect.height)}`;
}
