/** How a latent's map becomes a tile, whatever the input is. */
import { useMemo } from 'react';
import type { ColourTable, Theme } from '../draw/colour-maps';
import { oneScale, ownScale, type Scale } from '../draw/scales';
import { gridTilePainter, type TilePainter } from '../latents/tile-painter';
import type { TextLayout } from '../panels/text/text-layout';
import { TEXT_TILE, textTilePainter } from '../panels/text/text-tile';
import type { GalleryData } from './gallery-data';
import { useLabState } from './lab-context';
import type { Shown } from './shown';

export interface LatentsColumnProps {
  readonly shown: Shown;
  readonly gallery: GalleryData;
  readonly table: ColourTable;
  readonly theme: Theme;
  readonly layout: TextLayout | null;
}

/** Paints tiles of the current stage; shared by gallery, detail and the large view. `size` is the width of a tile, and the height of a square one. */
export function useTilePainter({ shown, gallery, table, theme, layout }: LatentsColumnProps, size: number): TilePainter {
  const { oneScale: shared, tiles } = useLabState((state) => state.view);
  const colourMap = useLabState((state) => state.settings.colourMap);
  const { maps, ready, grid, step, highest, key } = gallery;
  return useMemo(() => {
    const cells = grid.width * grid.height;
    const scale = shared ? oneScale(highest) : null;
    const weightsOf = (latent: number) => (ready[latent] ? maps.subarray(latent * cells, (latent + 1) * cells) : null);
    const scaleOf = (_: number, weights: ArrayLike<number>): Scale => scale ?? ownScale(weights);
    const version = [key, shared ? `one ${scale?.max}` : 'own', tiles, colourMap, theme, size].join(' ');
    const { shown: input, layout: rows } = shown.result;
    // Over text a latent reads lines of bytes; pictures, and the latents that latents read, are grids.
    if (rows.kind === 'sequence' && step.kind !== 'layer' && layout) {
      const tile = { width: size, height: Math.round((size * TEXT_TILE.height) / TEXT_TILE.width) };
      return textTilePainter({ layout, weightsOf, scaleOf, table, tile, version: `${version} ${layout.columns}` });
    }
    const picture = input.kind === 'image' && step.kind !== 'layer' ? input.image : null;
    return gridTilePainter({
      tile: { width: size, height: size },
      grid,
      weightsOf,
      scaleOf,
      mode: picture ? tiles : 'heat',
      table,
      theme,
      picture,
      version,
    });
  }, [maps, ready, grid, step, highest, key, shown, table, theme, layout, shared, tiles, colourMap, size]);
}
