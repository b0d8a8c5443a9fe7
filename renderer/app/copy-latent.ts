/** A latent's map with its words: what the large view shows, and what goes to the clipboard from there and from a tile. */
import type { ColourTable } from '../draw/colour-maps';
import { copyMap } from '../draw/map-picture';
import { oneScale, ownScale } from '../draw/scales';
import type { TilePainter } from '../latents/tile-painter';
import type { View } from '../state/types';
import { formatTimes } from './format';
import { en } from './language/en';
import type { LatentsColumnProps } from './use-tile-painter';

/** Device pixels of a copy for each CSS px of what is painted. */
const SCALE = 2;

type Props = Pick<LatentsColumnProps, 'shown' | 'gallery' | 'table' | 'theme'>;

export interface MapLook {
  /** Which attention the map is of: the encoder's, or a layer's. */
  readonly sentence: string;
  /** Null for Spotlight, which is no colour map. */
  readonly table: ColourTable | null;
  /** What the legend says at its upper end. */
  readonly to: string;
}

export function mapLook({ shown, gallery, table }: Props, view: View, latent: number): MapLook {
  const { info } = shown;
  const { grid, maps, highest, attended, step } = gallery;
  const cells = grid.width * grid.height;
  const scale = view.oneScale ? oneScale(highest) : ownScale(maps.subarray(latent * cells, (latent + 1) * cells));
  const layer = step.kind === 'layer';
  return {
    sentence: layer
      ? en.sentences.process(info.blocks > 1 ? view.block + 1 : null, view.layer + 1, headName(view.layerHead, info.layerHeads))
      : en.sentences.read(headName(view.readHead, info.encoderHeads), false),
    // Only over a picture is there something for a spotlight to fall on.
    table: view.tiles === 'heat' || layer || shown.input.kind !== 'image' ? table : null,
    to: en.gallery.legendTo(formatTimes(scale.max * attended)),
  };
}

const headName = (head: number | 'mean', heads: number): string =>
  head === 'mean' ? en.sentences.mean(heads) : en.sentences.headOf(head, heads);

/** False where the map is not there yet, or the browser does not let it. */
export async function copyLatent(
  props: Props,
  view: View,
  painter: TilePainter,
  latent: number,
  words: (latent: number) => string,
): Promise<boolean> {
  const { width, height } = painter;
  const canvas = new OffscreenCanvas(SCALE * width, SCALE * height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context || !painter.paint(latent, context, canvas.width, canvas.height)) return false;
  const { sentence, table, to } = mapLook(props, view, latent);
  return copyMap({
    draw: (target) => target.drawImage(canvas, 0, 0, width, height),
    width,
    height,
    sentences: [sentence, words(latent)],
    table,
    from: '0',
    to,
    theme: props.theme,
  });
}
