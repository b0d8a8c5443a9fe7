import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { MODALITIES } from './modality';

interface Sample {
  readonly id: string;
  readonly file: string;
  readonly name: string;
  readonly modality: keyof typeof MODALITIES;
  readonly licence: string;
  readonly author: string;
  readonly source: string;
  readonly masks?: readonly (readonly [number, number])[];
}

const folder = resolve(import.meta.dirname, '../../assets/samples');
const samples = JSON.parse(readFileSync(join(folder, 'samples.json'), 'utf8')) as Sample[];

describe('samples', () => {
  it('are those each modality names, in the same order', () => {
    for (const { name, samples: ids } of Object.values(MODALITIES)) {
      expect(samples.filter(({ modality }) => modality === name).map(({ id }) => id)).toEqual(ids);
    }
  });

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
      const input = { modality: 'text', bytes, masks: (masks ?? []).map(([start, end]) => ({ start, end })) } as const;
      const { ids } = MODALITIES.text.preprocess(input, { maxPositions: 512, vocabulary: 262 });
      expect(ids.length).toBe(bytes.length + 2);
      expect(masks?.length).toBeGreaterThan(0);
      for (const [start, end] of masks ?? [])
        expect(new TextDecoder().decode(bytes.subarray(start, end))).toMatch(/^[A-Za-z]+(?: [a-z]+)*$/);
    },
  );
});

describe('a modality', () => {
  it('turns logits into its own kind of answer', () => {
    const logits = { data: Float32Array.of(0, 2), shape: [2] };
    const picture = { modality: 'image', image: { width: 1, height: 1, data: new Uint8Array(4) } } as const;
    const settings = { image: { crop: null, resize: null, rescaleFactor: null, normalize: null }, labels: ['no', 'yes'] };
    const output = MODALITIES.image.postprocess(logits, picture, settings, { topK: 1 });
    expect(output.kind === 'classes' && output.classes[0]?.label).toBe('yes');
    expect(MODALITIES.image.preprocess(picture, settings).pixelValues.shape).toEqual([3, 1, 1]);
  });
});
