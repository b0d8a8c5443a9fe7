/** The strongest input rows of a map, chosen apart from each other so that a table does not list one blob. */
import type { Size } from '../../draw/area-average';

export interface StrongRow {
  /** Input row and its place: row = y × width + x. */
  readonly row: number;
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/** The `count` rows with the highest weights, highest first, ties by row. */
export function topRows(weights: ArrayLike<number>, width: number, count: number): StrongRow[] {
  const order = Uint32Array.from({ length: weights.length }, (_, index) => index).sort((a, b) => weights[b]! - weights[a]! || a - b);
  return Array.from(order.subarray(0, count), (row) => toRow(weights, width, row));
}

/** Two rows of the table are at least this part of the picture's longer side apart, while there are such rows. */
const APART = 1 / 18;
/** How many of the strongest rows are looked at; what is weaker has no place in a table of a few. */
const CANDIDATES = 2000;

/**
 * Rows that stand for the map: the strongest first, then always the strongest that is far from all chosen.
 * Where no row is far enough any more (a single small blob) the distance is halved.
 */
export function strongestApart(weights: ArrayLike<number>, size: Size, count: number): StrongRow[] {
  const candidates = topRows(weights, size.width, CANDIDATES).filter((row) => row.weight > 0);
  const chosen: StrongRow[] = [];
  for (let apart = Math.max(1, APART * Math.max(size.width, size.height)); chosen.length < count; apart /= 2) {
    for (const row of candidates) {
      if (chosen.length === count) break;
      if (chosen.every((other) => Math.hypot(row.x - other.x, row.y - other.y) > apart)) chosen.push(row);
    }
    if (apart < 0.5) break;
  }
  return chosen.sort((a, b) => b.weight - a.weight || a.row - b.row);
}

function toRow(weights: ArrayLike<number>, width: number, row: number): StrongRow {
  return { row, x: row % width, y: Math.floor(row / width), weight: weights[row]! };
}
