/** Colours of a cell under heat: one segment a byte, and ink that can be read on each of them. */
import { type ColourTable, cssColour, inkOn } from '../../draw/colour-maps';
import { type Scale, scaled } from '../../draw/scales';

export interface CellColours {
  /** CSS background of the cell. */
  readonly ground: string;
  /** CSS background for the glyph where its parts need different ink (clipped to the text); otherwise null. */
  readonly mixed: string | null;
  /** CSS colour of the glyph where one will do. */
  readonly ink: string;
}

/** Equal stripes from left to right, hard edges between them. */
function stripes(colours: readonly string[]): string {
  const stops = colours.map((colour, index) => `${colour} ${(100 * index) / colours.length}% ${(100 * (index + 1)) / colours.length}%`);
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

/**
 * Each segment gets black or white ink, whichever contrasts more, so that no part of a glyph is below 4.58 : 1.
 * @param weights attention over the input rows. @param from, to rows of the cell, `to` exclusive.
 */
export function cellColours(weights: ArrayLike<number>, from: number, to: number, scale: Scale, table: ColourTable): CellColours {
  const values = Array.from({ length: to - from }, (_, index) => scaled(weights[from + index] ?? 0, scale));
  const grounds = values.map((value) => cssColour(table, value));
  const inks = values.map((value) => inkOn(table, value));
  const alike = inks.every((ink) => ink === inks[0]);
  return {
    ground: grounds.length === 1 ? grounds[0]! : stripes(grounds),
    mixed: alike ? null : stripes(inks),
    ink: inks[0]!,
  };
}
