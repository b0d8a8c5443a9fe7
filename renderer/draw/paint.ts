/**
 * Painters: from weights, a scale and a colour table to RGBA. Pure functions on typed arrays; a canvas only shows the result.
 * Every array is row-major; pictures are 8-bit RGBA, not premultiplied, 4 values a pixel.
 */
import type { ColourTable, Theme } from './colour-maps';
import type { Rgb } from './oklch';
import { type Scale, scaled } from './scales';

export type Pixels = Uint8ClampedArray<ArrayBuffer>;

export const pixelsFor = (count: number): Pixels => new Uint8ClampedArray(count * 4);

/** The page behind maps (surface of the theme), where Spotlight fades to. */
export const PAGE: Readonly<Record<Theme, Rgb>> = { light: [255, 255, 255], dark: [27, 27, 26] };

/** Range of the greyed picture under heat: pale on light and dark on dark, so that heat is always further from the page. */
const GREY_RANGE: Readonly<Record<Theme, readonly [from: number, to: number]>> = { light: [120, 252], dark: [18, 168] };

/** Rec. 601 luma, 0..1. */
function luma(picture: ArrayLike<number>, offset: number): number {
  return (0.299 * picture[offset]! + 0.587 * picture[offset + 1]! + 0.114 * picture[offset + 2]!) / 255;
}

/** Weights in colours of the table, opaque. @param out 4 × weights.length values. */
export function paintHeat(weights: ArrayLike<number>, scale: Scale, table: ColourTable, out: Pixels): void {
  for (let index = 0, target = 0; index < weights.length; index++, target += 4) {
    const entry = 3 * Math.round(255 * scaled(weights[index]!, scale));
    out[target] = table[entry]!;
    out[target + 1] = table[entry + 1]!;
    out[target + 2] = table[entry + 2]!;
    out[target + 3] = 255;
  }
}

/** The picture in grey, in the range that leaves room for heat above it. Transparent parts show the page. */
export function paintGrey(picture: ArrayLike<number>, theme: Theme, out: Pixels): void {
  const [from, to] = GREY_RANGE[theme];
  for (let offset = 0; offset + 3 < picture.length; offset += 4) {
    const alpha = picture[offset + 3]! / 255;
    const bright = luma(picture, offset) * alpha + (theme === 'light' ? 1 - alpha : 0);
    const value = from + bright * (to - from);
    out[offset] = value;
    out[offset + 1] = value;
    out[offset + 2] = value;
    out[offset + 3] = 255;
  }
}

/**
 * Heat laid over the greyed picture; how much of the picture is covered follows the value, so that places without
 * attention stay plain. @param opacity 0..1: cover at the top of the scale.
 */
export function paintOverlay(
  picture: ArrayLike<number>,
  weights: ArrayLike<number>,
  scale: Scale,
  table: ColourTable,
  theme: Theme,
  opacity: number,
  out: Pixels,
): void {
  paintGrey(picture, theme, out);
  for (let index = 0, target = 0; index < weights.length; index++, target += 4) {
    const value = scaled(weights[index]!, scale);
    const cover = opacity * Math.min(1, value * 1.15) ** 0.62;
    const entry = 3 * Math.round(255 * value);
    for (let channel = 0; channel < 3; channel++) {
      out[target + channel] = out[target + channel]! * (1 - cover) + table[entry + channel]! * cover;
    }
  }
}

/**
 * The picture itself, faded towards the page where the latent does not look. It is for seeing what is looked at, not for reading
 * values: what shows grows with the root of the weight. @param opacity 0..1: how far the rest fades.
 */
export function paintSpotlight(
  picture: ArrayLike<number>,
  weights: ArrayLike<number>,
  scale: Scale,
  page: Rgb,
  opacity: number,
  out: Pixels,
): void {
  for (let index = 0, target = 0; index < weights.length; index++, target += 4) {
    const shown = (1 - opacity * (1 - scaled(weights[index]!, scale) ** 0.5)) * (picture[target + 3]! / 255);
    for (let channel = 0; channel < 3; channel++) {
      out[target + channel] = picture[target + channel]! * shown + page[channel]! * (1 - shown);
    }
    out[target + 3] = 255;
  }
}

/** The picture on the page: alpha laid over the page's colour, opaque. */
export function paintPicture(picture: ArrayLike<number>, page: Rgb, out: Pixels): void {
  for (let offset = 0; offset + 3 < picture.length; offset += 4) {
    const alpha = picture[offset + 3]! / 255;
    for (let channel = 0; channel < 3; channel++) {
      out[offset + channel] = picture[offset + channel]! * alpha + page[channel]! * (1 - alpha);
    }
    out[offset + 3] = 255;
  }
}
