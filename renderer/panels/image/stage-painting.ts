/** The picture and the map on it, as one image of the picture's own pixels. Pure: the stage only shows the result. */
import type { RgbaImage } from '../../../models/runtime/types';
import { areaAverage, type Size } from '../../draw/area-average';
import type { ColourTable, Theme } from '../../draw/colour-maps';
import { PAGE, type Pixels, paintOverlay, paintPicture, paintSpotlight, pixelsFor } from '../../draw/paint';
import type { Scale } from '../../draw/scales';

export type OverlayMode = 'heat' | 'spotlight';

/** A map over the pixels of the picture, or over a coarser grid of the same area. */
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
