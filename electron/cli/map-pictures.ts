/** Attention as pictures: drawn crisp, linear from 0, each map on a scale of its own, in Ember on a light page. */
import sharp from 'sharp';
import type { RgbaImage } from '../../models/runtime/types';
import { EMBER, emberIndex } from './ember';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3]. */
  readonly data: Uint8Array;
}

const PAGE = 255;

export function emptyPicture(width: number, height: number): Picture {
  return { width, height, data: new Uint8Array(width * height * 3).fill(PAGE) };
}

/** Paints `values` [height, width] at `x`, `y`, each value a square of `cell` pixels, from 0 to the highest of them. */
export function paintMap(
  picture: Picture,
  values: Float32Array,
  size: { readonly height: number; readonly width: number },
  at: { readonly x: number; readonly y: number; readonly cell: number },
): void {
  const highest = values.reduce((most, value) => Math.max(most, value), 0);
  for (let row = 0; row < size.height; row++) {
    for (let column = 0; column < size.width; column++) {
      const colour = emberIndex(values[row * size.width + column]!, highest) * 3;
      for (let y = 0; y < at.cell; y++) {
        let to = ((at.y + row * at.cell + y) * picture.width + at.x + column * at.cell) * 3;
        for (let x = 0; x < at.cell; x++) {
          picture.data[to++] = EMBER[colour]!;
          picture.data[to++] = EMBER[colour + 1]!;
          picture.data[to++] = EMBER[colour + 2]!;
        }
      }
    }
  }
}

/** One map for itself, enlarged by whole pixels to about `side`. */
export function mapPicture(values: Float32Array, height: number, width: number, side: number): Picture {
  const cell = Math.max(1, Math.floor(side / Math.max(height, width)));
  const picture = emptyPicture(width * cell, height * cell);
  paintMap(picture, values, { height, width }, { x: 0, y: 0, cell });
  return picture;
}

const GAP = 4;
const THUMBNAIL_SIDE = 96;

/** Tiles [count, height, width] in reading order, as many across as down. */
export function galleryPicture(tiles: Float32Array, count: number, height: number, width: number): Picture {
  const across = Math.ceil(Math.sqrt(count));
  const down = Math.ceil(count / across);
  const cell = Math.max(1, Math.floor(THUMBNAIL_SIDE / Math.max(height, width)));
  const picture = emptyPicture(across * (width * cell + GAP) + GAP, down * (height * cell + GAP) + GAP);
  for (let tile = 0; tile < count; tile++) {
    const values = tiles.subarray(tile * height * width, (tile + 1) * height * width);
    const x = GAP + (tile % across) * (width * cell + GAP);
    const y = GAP + Math.floor(tile / across) * (height * cell + GAP);
    paintMap(picture, values, { height, width }, { x, y, cell });
  }
  return picture;
}

export function encodePng({ width, height, data }: Picture): Promise<Uint8Array> {
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** The input as the model read it, enlarged by whole pixels. */
export function encodeInput(image: RgbaImage, side: number): Promise<Uint8Array> {
  const factor = Math.max(1, Math.floor(side / Math.max(image.width, image.height)));
  return sharp(image.data, { raw: { width: image.width, height: image.height, channels: 4 } })
    .removeAlpha()
    .resize(image.width * factor, image.height * factor, { kernel: 'nearest' })
    .png()
    .toBuffer();
}
