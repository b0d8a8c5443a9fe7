import { describe, expect, it } from 'vitest';
import { COLOUR_MAP_NAMES, COLOUR_STEPS, type ColourTable, colourTable, cssColour, inkOn, relativeLuminance } from './colour-maps';
import { hexToRgb, oklabToRgb, oklchToRgb, type Rgb, rgbToOklab } from './oklch';

const rgbAt = (table: ColourTable, index: number): Rgb => [table[3 * index]!, table[3 * index + 1]!, table[3 * index + 2]!];
const lightness = (table: ColourTable): number[] => Array.from({ length: COLOUR_STEPS }, (_, index) => rgbToOklab(rgbAt(table, index))[0]);

const STOPS = {
  'ember light': '#FAFAFA #FCAB7D #EA4751 #97225C #352333',
  'ember dark': '#1C1C1C #7C2847 #DC4123 #FDA03B #FFF6D3',
  'signed light': '#0860AB #7DAEE4 #FBF9F8 #DA9873 #954507',
  'signed dark': '#96CBFF #3D6E9B #1D1C1B #905C32 #FFB277',
} as const;

describe('colour maps', () => {
  it.each(Object.entries(STOPS))('hit the stops of the interface within four levels of 255: %s', (key, stops) => {
    const [name, theme] = key.split(' ') as ['ember', 'light'];
    const table = colourTable(name, theme);
    stops.split(' ').forEach((hex, index) => {
      const expected = hexToRgb(hex);
      const found = rgbAt(table, Math.round((index * 255) / 4));
      for (let channel = 0; channel < 3; channel++) expect(Math.abs(found[channel]! - expected[channel]!)).toBeLessThanOrEqual(4);
    });
  });

  it.each(['light', 'dark'] as const)('have lightness linear in the value for Ember and Grey on %s', (theme) => {
    // A step of 8-bit grey moves lightness by up to 0.007 near black, so rounding alone takes half of that.
    for (const [name, limit] of [
      ['ember', 0.003],
      ['grey', 0.0036],
    ] as const) {
      const found = lightness(colourTable(name, theme));
      const [first, last] = theme === 'light' ? [0.985, 0.285] : [0.225, 0.97];
      found.forEach((value, index) => {
        expect(Math.abs(value - (first + ((last - first) * index) / 255))).toBeLessThan(limit);
      });
    }
  });

  it.each(['light', 'dark'] as const)('only go away from the page as the value grows on %s', (theme) => {
    for (const name of COLOUR_MAP_NAMES.filter((each) => each !== 'signed')) {
      const found = lightness(colourTable(name, theme));
      const sign = theme === 'light' ? -1 : 1;
      for (let index = 1; index < COLOUR_STEPS; index++) {
        const step = sign * (found[index]! - found[index - 1]!);
        // One 8-bit level of one channel moves lightness by up to 0.003.
        expect(step, `${name} ${theme} at ${index}`).toBeGreaterThan(-0.003);
      }
      expect(sign * (found[255]! - found[0]!)).toBeGreaterThan(0.6);
      for (let index = 16; index < COLOUR_STEPS; index += 16) expect(sign * (found[index]! - found[index - 16]!)).toBeGreaterThan(0);
    }
  });

  it.each(['light', 'dark'] as const)('are symmetric in lightness about zero for Signed on %s', (theme) => {
    const found = lightness(colourTable('signed', theme));
    for (let index = 0; index < 128; index++) expect(Math.abs(found[index]! - found[255 - index]!)).toBeLessThan(0.004);
  });

  it('give back the same table for the same name and theme', () => {
    expect(colourTable('viridis', 'dark')).toBe(colourTable('viridis', 'dark'));
    expect(colourTable('viridis', 'dark')).not.toBe(colourTable('viridis', 'light'));
  });

  it('follow the listed maps between their stops', () => {
    const viridis = colourTable('viridis', 'dark');
    for (const [index, hex] of [
      [0, '440154'],
      [64, '3b528b'],
      [128, '21918c'],
      [191, '5cc863'],
      [255, 'fde725'],
    ] as const) {
      const expected = hexToRgb(hex);
      rgbAt(viridis, index).forEach((channel, c) => {
        expect(Math.abs(channel - expected[c]!)).toBeLessThanOrEqual(4);
      });
    }
  });

  it('take black or white letters with a contrast of at least 4.58', () => {
    for (const name of COLOUR_MAP_NAMES) {
      for (const theme of ['light', 'dark'] as const) {
        const table = colourTable(name, theme);
        for (let index = 0; index < COLOUR_STEPS; index++) {
          const ground = relativeLuminance(rgbAt(table, index));
          const contrast = inkOn(table, index / 255) === '#000000' ? (ground + 0.05) / 0.05 : 1.05 / (ground + 0.05);
          expect(contrast).toBeGreaterThanOrEqual(4.58);
        }
      }
    }
  });

  it('clip values outside 0 to 1', () => {
    const table = colourTable('ember', 'light');
    expect(cssColour(table, -3)).toBe(cssColour(table, 0));
    expect(cssColour(table, 7)).toBe(cssColour(table, 1));
  });
});

describe('OKLCH', () => {
  it('turns white, black and red to sRGB and back', () => {
    expect(oklchToRgb(1, 0, 0)).toEqual([255, 255, 255]);
    expect(oklchToRgb(0, 0, 0)).toEqual([0, 0, 0]);
    const [l, a, b] = rgbToOklab([255, 0, 0]);
    expect(l).toBeCloseTo(0.628, 3);
    expect(Math.hypot(a, b)).toBeCloseTo(0.2577, 3);
    expect(oklabToRgb(l, a, b)).toEqual([255, 0, 0]);
  });

  it('lowers chroma, not lightness, for colours outside the gamut', () => {
    expect(rgbToOklab(oklchToRgb(0.6, 0.4, 140))[0]).toBeCloseTo(0.6, 2);
  });
});
