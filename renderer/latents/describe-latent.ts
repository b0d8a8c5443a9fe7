/** Sentences about latents: captions of tiles, labels for screen readers, alternative texts. */
import type { Size } from '../draw/area-average';

const PLACES = [
  ['upper left', 'upper middle', 'upper right'],
  ['middle left', 'the centre', 'middle right'],
  ['lower left', 'lower middle', 'lower right'],
] as const;
export type Place = (typeof PLACES)[number][number];

/** The cell of a 3 × 3 division that holds most of a map's mass; null for a map without mass. Ties go to the first. */
export function placeOfMass(weights: ArrayLike<number>, size: Size): Place | null {
  const sums = new Float64Array(9);
  for (let y = 0; y < size.height; y++) {
    const row = Math.floor((3 * y) / size.height);
    for (let x = 0; x < size.width; x++) sums[3 * row + Math.floor((3 * x) / size.width)]! += weights[y * size.width + x]!;
  }
  let best = 0;
  for (let cell = 1; cell < 9; cell++) if (sums[cell]! > sums[best]!) best = cell;
  return sums[best]! > 0 ? PLACES[Math.floor(best / 3)]![best % 3]! : null;
}
