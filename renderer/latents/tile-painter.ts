/** What a gallery needs to know about its tiles: their size and how to paint one. The gallery knows nothing else about maps. */

import type { RgbaImage } from '../../models/runtime/types';
import { areaAverage, type Size } from '../draw/area-average';
import type { ColourTable, Theme } from '../draw/colour-maps';
import { PAGE, type Pixels, paintHeat, paintPicture, paintSpotlight, pixelsFor } from '../draw/paint';
import type { Scale } from '../draw/scales';

export interface TilePainter extends Size {
  /**
   * Names everything that decides how tiles look (run, stage, head, scale, colours, size): tiles painted under one version are kept
   * and shown again. A new painter of the same version means that more tiles can be painted now.
   */
  readonly version: string;
  /** Paints a latent's tile on `width` × `height` device pixels; false where its map is not there yet. */
  readonly paint: (latent: number, context: OffscreenCanvasRenderingContext2D, width: number, height: number) => boolean;
}

export interface GridTiles {
  /** CSS px of a tile. */
  readonly tile: Size;
  /** The grid of the maps. */
  readonly grid: Size;
  /** A latent's map over the grid, row-major, or null where it is not there yet. */
  readonly weightsOf: (latent: number) => ArrayLike<number> | null;
  readonly scaleOf: (latent: number, weights: ArrayLike<number>) => Scale;
  readonly mode: 'heat' | 'spotlight';
  readonly table: ColourTable;
  readonly theme: Theme;
  /** The input as the model got it; Spotlight shows it. */
  readonly picture: RgbaImage | null;
  readonly version: string;
}

/** Tiles of maps over a grid: area-averaged to the tile's device pixels, as heat or as a spotlight on the picture. */
export function gridTilePainter(tiles: GridTiles): TilePainter {
  const { grid, table, mode, picture } = tiles;
  const page = PAGE[tiles.theme];
  let pixels: Pixels = pixelsFor(0);
  let ground: { readonly key: string; readonly data: Pixels } | null = null;

  const groundAt = (size: Size): Pixels | null => {
    if (!picture) return null;
    const key = `${size.width} ${size.height}`;
    if (ground?.key !== key) {
      const opaque = pixelsFor(picture.width * picture.height);
      paintPicture(picture.data, page, opaque);
      ground = { key, data: Uint8ClampedArray.from(areaAverage(opaque, picture, size, 4)) };
    }
    return ground.data;
  };

  return {
    width: tiles.tile.width,
    height: tiles.tile.height,
    version: tiles.version,
    paint: (latent, context, width, height) => {
      const weights = tiles.weightsOf(latent);
      if (!weights) return false;
      if (pixels.length !== width * height * 4) pixels = pixelsFor(width * height);
      const size = { width, height };
      const averaged = areaAverage(weights, grid, size);
      const under = mode === 'spotlight' ? groundAt(size) : null;
      const scale = tiles.scaleOf(latent, weights);
      if (under) paintSpotlight(under, averaged, scale, page, 0.9, pixels);
      else paintHeat(averaged, scale, table, pixels);
      context.putImageData(new ImageData(pixels, width, height), 0, 0);
      return true;
    },
  };
}
