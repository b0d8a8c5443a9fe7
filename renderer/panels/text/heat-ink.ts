/** Colours under and of the cells under heat: one segment a byte, and ink that can be read on each of them. */
import { COLOUR_STEPS, type ColourTable, inkOn } from '../../draw/colour-maps';
import { type Pixels, pixelsFor } from '../../draw/paint';
import { type Scale, scaled } from '../../draw/scales';
import type { TextLayout } from './text-layout';

/** Below this share of the scale the colour cannot be told from the page, and is left away. */
const UNSEEN = 0.02;

/**
 * The heat of one line, one device pixel high, to be stretched to the height of the cells: sharp edges between bytes.
 * @param weights [bytes + 2]: attention over the input rows. @param pitch device px of a cell.
 * @returns RGBA, as wide as the line is long; transparent where there is next to nothing.
 */
export function paintHeatLine(
  layout: TextLayout,
  row: number,
  pitch: number,
  weights: ArrayLike<number>,
  scale: Scale,
  table: ColourTable,
): Pixels {
  const first = layout.firstOfRow[row]!;
  const last = layout.firstOfRow[row + 1]! - 1;
  const out = pixelsFor(Math.max(1, Math.round((layout.column[last]! + layout.width[last]!) * pitch)));
  for (let index = first; index <= last; index++) {
    const { start, end } = layout.units[index]!;
    for (let byte = start; byte < end; byte++) {
      const value = scaled(weights[byte + 1] ?? 0, scale);
      if (value < UNSEEN) continue;
      const entry = 3 * Math.round(value * (COLOUR_STEPS - 1));
      const edge = (bytes: number): number => Math.round((layout.column[index]! + (layout.width[index]! * bytes) / (end - start)) * pitch);
      for (let x = edge(byte - start); x < edge(byte - start + 1); x++) {
        out[4 * x] = table[entry]!;
        out[4 * x + 1] = table[entry + 1]!;
        out[4 * x + 2] = table[entry + 2]!;
        out[4 * x + 3] = 255;
      }
    }
  }
  return out;
}

export interface CellInk {
  /** CSS colour of the glyph; empty for the ink of the page. */
  readonly color: string;
  /** CSS background that shows through the glyph where its parts need different ink; otherwise empty. */
  readonly image: string;
}

const PAGE_INK: CellInk = { color: '', image: '' };
/** One object for each ink, so that what stays as it is can be told by identity. */
const WHOLE: Readonly<Record<string, CellInk>> = {
  '#000000': { color: '#000000', image: '' },
  '#ffffff': { color: '#ffffff', image: '' },
};

/**
 * Each segment gets black or white ink, whichever contrasts more, so that no part of a glyph is below 4.58 : 1.
 * @param from, to input rows the glyph stands over, `to` exclusive.
 */
export function cellInk(weights: ArrayLike<number>, from: number, to: number, scale: Scale, table: ColourTable): CellInk {
  const inks: string[] = [];
  let seen = false;
  for (let row = from; row < to; row++) {
    const value = scaled(weights[row] ?? 0, scale);
    seen ||= value >= UNSEEN;
    inks.push(inkOn(table, value));
  }
  if (!seen) return PAGE_INK;
  if (inks.every((ink) => ink === inks[0])) return WHOLE[inks[0]!]!;
  const stops = inks.map((ink, index) => `${ink} ${(100 * index) / inks.length}% ${(100 * (index + 1)) / inks.length}%`);
  return { color: 'transparent', image: `linear-gradient(to right, ${stops.join(', ')})` };
}
