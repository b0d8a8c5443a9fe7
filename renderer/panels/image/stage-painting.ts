/** The picture and the map on it, as one image of the picture's own pixels. Pure: the stage only shows the result. */
import type { RgbaImage } from '../../../models/runtime/types';
import { areaAverage, type Size } from '../../draw/area-average';
import type { ColourTable, Theme } from '../../draw/colour-maps';
import { PAGE, type Pixels, paintOverlay, paintPicture, paintSpotlight, pixelsFor } from '../../draw/paint';
import type { Scale } from '../../draw/scales';
import { cellOf, type PixelPlace } from './region';

export type OverlayMode = 'heat' | 'spotlight';

/** A map over a grid that lies over the picture: that of the input rows, or a coarser one. */
export interface StageMap {
  /** [grid.height, grid.width]: mean weight of the input rows in each cell. */
  readonly weights: ArrayLike<number>;
  readonly grid: Size;
  /** M: weight × attended is the multiple of uniform. */
  readonly attended: number;
}

/** The map at the picture's own resolution; the weights themselves where they have it already. */
export function atPictureSize(map: StageMap, picture: Size): ArrayLike<number> {
  if (map.grid.width === picture.width && map.grid.height === picture.height) return map.weights;
  return areaAverage(map.weights, map.grid, picture);
}

/** The weight of the cell that a pixel of the picture lies in. */
export function weightAt(map: StageMap, pixel: PixelPlace, picture: Size): number {
  const { x, y } = cellOf(pixel, picture, map.grid);
  return map.weights[y * map.grid.width + x] ?? 0;
}

/** @returns RGBA of the picture's size; without weights the picture on the page. */
export function paintStage(
  picture: RgbaImage,
  weights: ArrayLike<number> | null,
  scale: Scale,
  look: { readonly mode: OverlayMode; readonly opacity: number; readonly table: ColourTable; readonly theme: Theme },
): Pixels {
  const out = pixelsFor(picture.width * picture.height);
  if (!weights) paintPicture(picture.data, PAGE[look.theme], out);
  else if (look.mode === 'heat') paintOverlay(picture.data, weights, scale, look.table, look.theme, look.opacity, out);
  else paintSpotlight(picture.data, weights, scale, PAGE[look.theme], look.opacity, out);
  return out;
}
