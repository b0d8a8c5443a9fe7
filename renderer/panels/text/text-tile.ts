/** A text in miniature: its own lines, a segment a byte, coloured by attention. Pure; a canvas only shows the result. */
import type { Size } from '../../draw/area-average';
import type { ColourTable } from '../../draw/colour-maps';
import { type Pixels, pixelsFor } from '../../draw/paint';
import { type Scale, scaled } from '../../draw/scales';
import type { TilePainter } from '../../latents/tile-painter';
import type { TextLayout } from './text-layout';

/** Space around the lines, and what is free under each, as shares of a tile of 80 × 44. */
const MARGIN = 2 / 80;
const GAP_SHARE = 0.3;
/** CSS px a line is high at most: a short text stays at the top, its lines as high as those of a longer one. */
const MOST_LINE_SHARE = 7 / 44;
/** Lines lower than this many device pixels touch each other and share pixels. */
const LOWEST_LINE = 2;

/**
 * Paints a miniature of `width` × `height` device pixels. A pixel shows the mean of the bytes that cover it, by area;
 * pixels without text show the page end of the table.
 * @param weights [bytes + 2]: attention over the input rows. @param out 4 × width × height values.
 */
export function paintTextTile(
  layout: TextLayout,
  weights: ArrayLike<number>,
  scale: Scale,
  table: ColourTable,
  out: Pixels,
  width: number,
  height: number,
): void {
  const sum = new Float32Array(width * height);
  const area = new Float32Array(width * height);
  const margin = Math.round(MARGIN * width);
  const pitch = Math.min((height - 2 * margin) / layout.rows, MOST_LINE_SHARE * height);
  const cell = (width - 2 * margin) / (layout.columns + 1);
  const fine = pitch < LOWEST_LINE;
  const gap = fine ? 0 : Math.max(1, Math.round(pitch * GAP_SHARE));
  layout.units.forEach((unit, index) => {
    const line = layout.row[index]!;
    const top = margin + line * pitch;
    const bottom = top + pitch;
    const y0 = fine ? top : Math.round(top);
    const y1 = fine ? bottom : Math.max(y0 + 1, Math.round(bottom) - gap);
    const left = margin + layout.column[index]! * cell;
    const segment = (layout.width[index]! * cell) / (unit.end - unit.start);
    for (let byte = unit.start; byte < unit.end; byte++) {
      const x0 = left + (byte - unit.start) * segment;
      splat(sum, area, weights[byte + 1] ?? 0, x0, x0 + segment, y0, y1, width, height);
    }
  });
  for (let pixel = 0; pixel < sum.length; pixel++) {
    const covered = area[pixel]!;
    const entry = covered > 0 ? 3 * Math.round(255 * scaled(sum[pixel]! / covered, scale)) : 0;
    out[4 * pixel] = table[entry]!;
    out[4 * pixel + 1] = table[entry + 1]!;
    out[4 * pixel + 2] = table[entry + 2]!;
    out[4 * pixel + 3] = 255;
  }
}

function splat(
  sum: Float32Array,
  area: Float32Array,
  value: number,
  x0: number,
  x1: number,
  y0: number,
  y1: number,
  width: number,
  height: number,
): void {
  const bottom = Math.min(height, Math.ceil(y1));
  const right = Math.min(width, Math.ceil(x1));
  for (let y = Math.max(0, Math.floor(y0)); y < bottom; y++) {
    const high = Math.min(y1, y + 1) - Math.max(y0, y);
    for (let x = Math.max(0, Math.floor(x0)); x < right; x++) {
      const covered = high * (Math.min(x1, x + 1) - Math.max(x0, x));
      sum[y * width + x]! += covered * value;
      area[y * width + x]! += covered;
    }
  }
}

export interface TextTiles {
  /** The text as the stage lays it out, so that a miniature has the same lines. */
  readonly layout: TextLayout;
  /** A latent's attention over the input rows, [bytes + 2], or null where it is not there yet. */
  readonly weightsOf: (latent: number) => ArrayLike<number> | null;
  readonly scaleOf: (latent: number, weights: ArrayLike<number>) => Scale;
  readonly table: ColourTable;
  /** CSS px; the gallery's by default. */
  readonly tile?: Size;
  readonly version: string;
}

/** CSS px of a miniature in the gallery. */
export const TEXT_TILE = { width: 80, height: 44 } as const;

/** Tiles of the gallery over text. */
export function textTilePainter({ layout, weightsOf, scaleOf, table, tile = TEXT_TILE, version }: TextTiles): TilePainter {
  let pixels: Pixels = pixelsFor(0);
  return {
    width: tile.width,
    height: tile.height,
    version,
    paint: (latent, context, width, height) => {
      const weights = weightsOf(latent);
      if (!weights) return false;
      if (pixels.length !== width * height * 4) pixels = pixelsFor(width * height);
      paintTextTile(layout, weights, scaleOf(latent, weights), table, pixels, width, height);
      context.putImageData(new ImageData(pixels, width, height), 0, 0);
      return true;
    },
  };
}
