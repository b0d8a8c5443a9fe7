import { describe, expect, it } from 'vitest';
import { COLOUR_MAP_NAMES, COLOUR_STEPS, colourTable, inkOn, relativeLuminance } from '../../draw/colour-maps';
import { hexToRgb } from '../../draw/oklch';
import { pixelsFor } from '../../draw/paint';
import { cellInk, paintHeatLine } from './heat-ink';
import { layoutText } from './text-layout';
import { paintTextTile } from './text-tile';
import { textUnits } from './text-units';

const table = colourTable('ember', 'light');
const layoutOf = (text: string, columns: number) => {
  const bytes = new TextEncoder().encode(text);
  return layoutText(textUnits(bytes, new Uint8Array(bytes.length)), columns);
};

function paint(text: string, columns: number, weights: ArrayLike<number>, width: number, height: number) {
  const out = pixelsFor(width * height);
  paintTextTile(layoutOf(text, columns), weights, { kind: 'linear', max: 1 }, table, out, width, height);
  const red = (x: number, y: number): number => out[4 * (y * width + x)]!;
  return { out, red };
}

describe('a text in miniature', () => {
  it('keeps the lines of the text and paints the page where there is none', () => {
    const text = `${'a'.repeat(20)}\nbb`;
    const weights = new Float32Array(25).fill(1);
    const { red } = paint(text, 24, weights, 160, 88);
    const page = table[0]!;
    const full = table[3 * 255]!;
    // Line one: 4 cells of [CLS], 20 letters and the line end fill 25 cells of 25; line two ends after 6 of them.
    expect([red(10, 8), red(150, 8)]).toEqual([full, full]);
    expect([red(10, 22), red(100, 22)]).toEqual([full, page]);
    expect(red(10, 80)).toBe(page);
  });

  it('shows a byte where it stands, by area', () => {
    const weights = new Float32Array(12);
    weights[1] = 1;
    const { red } = paint('a'.repeat(10), 24, weights, 160, 88);
    const lit = Array.from({ length: 160 }, (_, x) => x).filter((x) => red(x, 8) !== table[0]);
    // [CLS] takes four cells of 156 / 25 px; the first letter the fifth.
    expect([lit[0], lit.at(-1)]).toEqual([Math.floor(4 + (4 * 152) / 25), Math.ceil(4 + (5 * 152) / 25) - 1]);
  });

  it('averages where bytes are narrower than a pixel, so that stripes do not alias', () => {
    const text = 'x'.repeat(200);
    const weights = Float32Array.from({ length: 202 }, (_, row) => (row === 0 || row === 201 ? 0.5 : row % 2));
    const { red } = paint(text, 204, weights, 80, 44);
    const middle = table[3 * Math.round(0.5 * 255)]!;
    for (let x = 4; x < 72; x++) expect(Math.abs(red(x, 4) - middle)).toBeLessThan(60);
  });

  it('shares pixels between lines where there are more lines than pixels', () => {
    const text = 'a\n'.repeat(120);
    const { out } = paint(text, 24, new Float32Array(242).fill(1), 80, 44);
    for (let y = 2; y < 42; y++) expect(out[4 * (y * 80 + 3)]).toBe(table[3 * 255]);
  });
});

describe('ink on heat', () => {
  it('contrasts with every colour of every map at 4.58 : 1 or more', () => {
    for (const name of COLOUR_MAP_NAMES) {
      for (const theme of ['light', 'dark'] as const) {
        const colours = colourTable(name, theme);
        for (let step = 0; step < COLOUR_STEPS; step++) {
          const ground = relativeLuminance([colours[3 * step]!, colours[3 * step + 1]!, colours[3 * step + 2]!]);
          const ink = relativeLuminance(hexToRgb(inkOn(colours, step / (COLOUR_STEPS - 1))));
          expect((Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05)).toBeGreaterThanOrEqual(4.58);
        }
      }
    }
  });

  it('is chosen for every byte of a character by itself', () => {
    const scale = { kind: 'linear', max: 1 } as const;
    expect(cellInk([0, 0.1, 0.2], 1, 3, scale, table)).toEqual({ color: '#000000', image: '' });
    expect(cellInk([1], 0, 1, scale, table)).toEqual({ color: '#ffffff', image: '' });
    expect(cellInk([0, 1], 0, 2, scale, table)).toEqual({
      color: 'transparent',
      image: 'linear-gradient(to right, #000000 0% 50%, #ffffff 50% 100%)',
    });
    expect(cellInk([0, 0.01], 0, 2, scale, table)).toEqual({ color: '', image: '' });
  });
});

describe('heat of a line', () => {
  it('has a segment for every byte, whole device pixels wide, and none where there is nothing', () => {
    // [CLS] takes 4 cells, é one for two bytes, 感 two for three.
    const layout = layoutOf('é感', 20);
    const line = paintHeatLine(layout, 0, 12, [0, 1, 0, 1, 0, 0.5, 0], { kind: 'linear', max: 1 }, table);
    expect(line.length / 4).toBe(11 * 12);
    const full = [...table.slice(3 * 255)];
    const half = [...table.slice(3 * 128, 3 * 129)];
    const at = (x: number): number[] => [...line.slice(4 * x, 4 * x + 4)];
    const segments: [number, number, number[]][] = [
      [0, 48, [0, 0, 0, 0]],
      [48, 54, [...full, 255]],
      [54, 60, [0, 0, 0, 0]],
      [60, 68, [...full, 255]],
      [68, 76, [0, 0, 0, 0]],
      [76, 84, [...half, 255]],
      [84, 132, [0, 0, 0, 0]],
    ];
    for (const [from, to, colour] of segments) for (let x = from; x < to; x++) expect(at(x)).toEqual(colour);
  });
});
