import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FilterName, resize } from './resize';

interface PilCase {
  width: number;
  height: number;
  toWidth: number;
  toHeight: number;
  filter: FilterName;
  sha256: string;
}

const { cases } = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'pil-resize.json'), 'utf8')) as { cases: PilCase[] };

function pattern(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => (i % 13 === 0 ? 0 : i % 11 === 0 ? 255 : (31 * i * i + 17 * i) % 251));
}

describe('resizing', () => {
  it.each(cases)('equals Pillow in every byte: $width × $height to $toWidth × $toHeight, $filter', (reference) => {
    const { width, height, toWidth, toHeight, filter } = reference;
    const result = resize({ width, height, data: pattern(width * height * 3) }, toWidth, toHeight, filter);
    expect(createHash('sha256').update(result.data).digest('hex')).toBe(reference.sha256);
  });

  it('keeps one colour one colour at any size and filter', () => {
    const side = fc.integer({ min: 1, max: 60 });
    const filter = fc.constantFrom('bicubic', 'bilinear', 'lanczos');
    const colour = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255));
    fc.assert(
      fc.property(side, side, side, side, filter, colour, (width, height, toWidth, toHeight, name, rgb) => {
        const data = new Uint8Array(width * height * 3).map((_, i) => rgb[i % 3]!);
        const result = resize({ width, height, data }, toWidth, toHeight, name);
        expect(result.data.length).toBe(toWidth * toHeight * 3);
        expect(result.data.every((value, i) => value === rgb[i % 3])).toBe(true);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});
