/**
 * OKLab and OKLCH (Björn Ottosson, "A perceptual color space for image processing", 2020) to and from 8-bit sRGB.
 * L is 0 (black) to 1 (white), C 0 to about 0.37, hue in degrees.
 */
export type Rgb = readonly [red: number, green: number, blue: number];

const DEGREE = Math.PI / 180;
/** How far a linear channel may leave 0..1 and still count as inside the gamut: below half a step of 8 bits. */
const GAMUT_SLACK = 0.0005;

function labToLinear(lightness: number, a: number, b: number): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

function encode(linear: number): number {
  const value = Math.min(1, Math.max(0, linear));
  return Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
}

function decode(channel: number): number {
  const value = channel / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

const inGamut = (linear: Rgb): boolean => linear.every((value) => value >= -GAMUT_SLACK && value <= 1 + GAMUT_SLACK);

/** Share of the greatest chroma inside the gamut that a ramp may use: its colours bend into the limit instead of riding on it. */
const CHROMA_SHARE = 0.97;

/** Greatest chroma of a lightness and hue inside sRGB. */
function chromaLimit(lightness: number, cos: number, sin: number): number {
  let inside = 0;
  let outside = 0.4;
  for (let step = 0; step < 16; step++) {
    const middle = (inside + outside) / 2;
    if (inGamut(labToLinear(lightness, middle * cos, middle * sin))) inside = middle;
    else outside = middle;
  }
  return inside;
}

/** 8-bit sRGB of an OKLCH colour; chroma is held within the gamut, lightness and hue stay. */
export function oklchToRgb(lightness: number, chroma: number, hue: number): Rgb {
  const cos = Math.cos(hue * DEGREE);
  const sin = Math.sin(hue * DEGREE);
  const held = chroma === 0 ? 0 : Math.min(chroma, CHROMA_SHARE * chromaLimit(lightness, cos, sin));
  return oklabToRgb(lightness, held * cos, held * sin);
}

/** 8-bit sRGB of an OKLab colour, clipped to the gamut channel by channel. */
export function oklabToRgb(lightness: number, a: number, b: number): Rgb {
  const linear = labToLinear(lightness, a, b);
  return [encode(linear[0]), encode(linear[1]), encode(linear[2])];
}

/** [L, a, b] of an 8-bit sRGB colour. */
export function rgbToOklab(rgb: Rgb): readonly [lightness: number, a: number, b: number] {
  const red = decode(rgb[0]);
  const green = decode(rgb[1]);
  const blue = decode(rgb[2]);
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** `#RRGGBB` or `RRGGBB` as channels. */
export function hexToRgb(hex: string): Rgb {
  const value = Number.parseInt(hex.replace('#', ''), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
