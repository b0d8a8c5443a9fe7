/**
 * Colour maps as tables of 256 sRGB colours, shared by canvases, CSS legends and exports.
 * More attention is always further from the page: darker on the light theme, lighter on the dark one.
 */
import { hexToRgb, oklabToRgb, oklchToRgb, type Rgb, rgbToOklab } from './oklch';

export const COLOUR_MAP_NAMES = ['ember', 'viridis', 'cividis', 'magma', 'grey', 'signed'] as const;
/** `signed` is for differences: its middle is 0, blue is less, orange is more. All others run from 0 upwards. */
export type ColourMapName = (typeof COLOUR_MAP_NAMES)[number];
export type Theme = 'light' | 'dark';

/** 256 × RGB: entry i of value i / 255 starts at 3 i. */
export type ColourTable = Uint8Array;

export const COLOUR_STEPS = 256;

type Ramp = (value: number) => Rgb;

/** Lightness of the page end and the far end of the ramps, linear in the value between. */
const LIGHT = { page: 0.985, far: 0.285, signedFar: 0.485 };
const DARK = { page: 0.225, far: 0.97, signedFar: 0.825 };

const lerp = (from: number, to: number, t: number): number => from + (to - from) * t;

/** Paper over orange and red to ink: hue falls from yellow through red to violet while chroma swells and goes again. */
const emberLight: Ramp = (t) => oklchToRgb(lerp(LIGHT.page, LIGHT.far, t), 0.2 * Math.sin(Math.PI * 0.93 * t) ** 1.1, 82 - 112 * t ** 0.9);

/** Ground over red and orange to pale yellow. */
const emberDark: Ramp = (t) => oklchToRgb(lerp(DARK.page, DARK.far, t), 0.2 * Math.sin(Math.PI * 0.9 * t) ** 1.2, 125 * t - 30);

const signed =
  (page: number, far: number, chroma: number, lessHue: number, moreHue: number): Ramp =>
  (t) => {
    const distance = Math.abs(2 * t - 1);
    return oklchToRgb(lerp(page, far, distance), chroma * distance ** 0.75, t < 0.5 ? lessHue : moreHue);
  };

const grey =
  (page: number, far: number): Ramp =>
  (t) =>
    oklchToRgb(lerp(page, far, t), 0, 0);

/** Every fifteenth of the 256 colours of matplotlib's maps (CC0; van der Walt, Smith; Nuñez, Anderton, Renslow 2018). */
const LISTED = {
  viridis: '440154 481769 472a7a 433d84 3d4e8a 355e8d 2e6d8e 297b8e 23898e 1f978b 21a585 2eb37c 46c06f 65cb5e 89d548 b0dd2f d8e219 fde725',
  cividis: '00224e 002d68 163770 2e416d 3f4c6c 4e566c 5c616e 696b71 767676 838179 928c78 a09875 afa471 bfb06b cfbd62 dfca57 f0d846 fee838',
  magma: '000004 090720 1a1042 311165 4a1079 621980 792282 912b81 aa337d c23b75 d9466b ec5860 f7725c fc8e64 feaa74 fec68a fde2a3 fcfdbf',
} as const;

/** A listed map, dark end first, joined in straight lines of OKLab; the light theme turns it round. */
function listed(colours: string, turned: boolean): Ramp {
  const stops = colours.split(' ').map((hex) => rgbToOklab(hexToRgb(hex)));
  return (value) => {
    const position = (turned ? 1 - value : value) * (stops.length - 1);
    const index = Math.min(stops.length - 2, Math.floor(position));
    const from = stops[index]!;
    const to = stops[index + 1]!;
    const t = position - index;
    return oklabToRgb(lerp(from[0], to[0], t), lerp(from[1], to[1], t), lerp(from[2], to[2], t));
  };
}

function rampOf(name: ColourMapName, theme: Theme): Ramp {
  const light = theme === 'light';
  switch (name) {
    case 'ember':
      return light ? emberLight : emberDark;
    case 'signed':
      return light ? signed(LIGHT.page, LIGHT.signedFar, 0.16, 252, 50) : signed(DARK.page, DARK.signedFar, 0.15, 248, 58);
    case 'grey':
      return light ? grey(LIGHT.page, LIGHT.far) : grey(DARK.page, DARK.far);
    default:
      return listed(LISTED[name], light);
  }
}

const tables = new Map<string, ColourTable>();

/** The table of a map; the same object for the same name and theme, never to be written to. */
export function colourTable(name: ColourMapName, theme: Theme): ColourTable {
  const key = `${name} ${theme}`;
  const known = tables.get(key);
  if (known) return known;
  const table = new Uint8Array(COLOUR_STEPS * 3);
  const ramp = rampOf(name, theme);
  for (let index = 0; index < COLOUR_STEPS; index++) table.set(ramp(index / (COLOUR_STEPS - 1)), index * 3);
  tables.set(key, table);
  return table;
}

/** Colour of a value 0..1 (clipped) as `rgb(r g b)`. */
export function cssColour(table: ColourTable, value: number): string {
  const index = 3 * Math.round(Math.min(1, Math.max(0, value)) * (COLOUR_STEPS - 1));
  return `rgb(${table[index]} ${table[index + 1]} ${table[index + 2]})`;
}

/** The whole map as a CSS gradient from left to right, for legends: 17 stops follow 256 steps to within one level. */
export function cssGradient(table: ColourTable): string {
  const stops = Array.from({ length: 17 }, (_, index) => cssColour(table, index / 16));
  return `linear-gradient(to right, ${stops.join(', ')})`;
}

/**
 * Black or white, whichever stands out more on a colour of the table (WCAG 2 contrast, at least 4.58 : 1),
 * for letters on heat.
 */
export function inkOn(table: ColourTable, value: number): '#000000' | '#ffffff' {
  const index = 3 * Math.round(Math.min(1, Math.max(0, value)) * (COLOUR_STEPS - 1));
  const luminance = relativeLuminance([table[index]!, table[index + 1]!, table[index + 2]!]);
  return (luminance + 0.05) / 0.05 >= 1.05 / (luminance + 0.05) ? '#000000' : '#ffffff';
}

/** WCAG 2 relative luminance of an 8-bit sRGB colour, 0 to 1. */
export function relativeLuminance(rgb: Rgb): number {
  const linear = rgb.map((channel) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}
