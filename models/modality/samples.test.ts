import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { ModalityName } from '../runtime/types';
import { preprocessText } from './text';

interface Sample {
  readonly id: string;
  readonly file: string;
  readonly name: string;
  readonly modality: ModalityName;
  readonly licence: string;
  readonly author: string;
  readonly source: string;
  readonly masks?: readonly (readonly [number, number])[];
}

const folder = resolve(import.meta.dirname, '../../assets/samples');
const samples = JSON.parse(readFileSync(join(folder, 'samples.json'), 'utf8')) as Sample[];

describe('samples', () => {
  it.each(samples)('$id is openly licensed, names its author and source, and is small', ({ file, licence, author, source }) => {
    expect(licence).toMatch(/^(?:CC0|CC BY \d|public domain)/);
    expect(author.length).toBeGreaterThan(2);
    expect(source.length).toBeGreaterThan(2);
    expect(statSync(join(folder, file)).size).toBeLessThan(150_000);
  });

  it.each(samples.filter(({ modality }) => modality === 'image'))('$id is a picture of at most 512 pixels a side', async ({ file }) => {
    const { width, height } = await sharp(join(folder, file)).metadata();
    expect(Math.max(width, height)).toBeLessThanOrEqual(512);
  });

  it.each(samples.filter(({ modality }) => modality === 'text'))(
    '$id fits a model of 512 positions and masks whole words',
    ({ file, masks }) => {
      const bytes = new Uint8Array(readFileSync(join(folder, file)));
      const spans = (masks ?? []).map(([start, end]) => ({ start, end }));
      const { ids } = preprocessText(bytes, spans, 512);
      expect(ids.length).toBe(bytes.length + 2);
      expect(masks?.length).toBeGreaterThan(0);
      for (const [start, end] of masks ?? [])
        expect(new TextDecoder().decode(bytes.subarray(start, end))).toMatch(/^[A-Za-z]+(?: [a-z]+)*$/);
    },
  );
});
