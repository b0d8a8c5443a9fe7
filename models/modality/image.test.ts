import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { RgbaImage } from '../runtime/types';
import { DEFAULT_SIDE, parseImageSettings, preprocessImage, readClasses } from './image';

interface ReferenceCase {
  readonly name: string;
  readonly png: string;
  readonly note: string;
  readonly preprocessor_config: unknown;
  readonly output: readonly [number, number, number];
  readonly stride: { readonly pixel_values: readonly [number, number, number] };
}

const SHIPPED = join(import.meta.dirname, 'fixtures', 'image');
const SHARED = resolve(import.meta.dirname, '../../../shared/reference/preprocess/image');
const folder = existsSync(SHARED) ? SHARED : SHIPPED;
const { cases } = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8')) as { cases: ReferenceCase[] };

function readTensor(path: string, name: string): Float32Array | Uint8Array | null {
  const file = new Uint8Array(readFileSync(path));
  const headerLength = Number(new DataView(file.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + headerLength))) as Record<
    string,
    { dtype: string; data_offsets: [number, number] }
  >;
  const entry = header[name];
  if (!entry) return null;
  const bytes = file.slice(8 + headerLength + entry.data_offsets[0], 8 + headerLength + entry.data_offsets[1]);
  return entry.dtype === 'F32' ? new Float32Array(bytes.buffer) : bytes;
}

async function open(path: string): Promise<RgbaImage> {
  const { data, info } = await sharp(path).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}

const settingsOf = (config: unknown) => parseImageSettings(config, 224);

describe('a picture on its way into the model', () => {
  it.each(cases)('equals PIL’s result in every level and value: $name ($note)', async (reference) => {
    const image = await open(join(folder, reference.png));
    const { pixelValues, shown } = preprocessImage(image, settingsOf(reference.preprocessor_config));
    const [, height, width] = reference.output;
    expect(pixelValues.shape).toEqual(reference.output);
    const tensors = join(folder, `${reference.name}.safetensors`);
    const resized = readTensor(tensors, 'resized');
    if (resized) {
      const ours = new Uint8Array(3 * height * width);
      for (let pixel = 0; pixel < height * width; pixel++) {
        for (let channel = 0; channel < 3; channel++) ours[channel * height * width + pixel] = shown.image.data[pixel * 4 + channel]!;
      }
      expect(Buffer.compare(ours, resized as Uint8Array)).toBe(0);
    }
    const expected = readTensor(tensors, 'pixel_values') as Float32Array;
    const [, down, across] = reference.stride.pixel_values;
    let worst = 0;
    let at = 0;
    for (let channel = 0; channel < 3; channel++) {
      for (let y = 0; y < height; y += down) {
        for (let x = 0; x < width; x += across) {
          worst = Math.max(worst, Math.abs(expected[at++]! - pixelValues.data[(channel * height + y) * width + x]!));
        }
      }
    }
    expect(at).toBe(expected.length);
    expect(worst).toBeLessThanOrEqual(1e-6);
  });

  it('is shown with the part of the original that was read', () => {
    const image = { width: 97, height: 61, data: new Uint8Array(97 * 61 * 4).fill(255) };
    const { shown } = preprocessImage(image, settingsOf({ size: 32, crop_size: 36 }));
    expect(shown.crop).toEqual({ x: 21, y: 3, width: 54, height: 54 });
    expect([shown.originalWidth, shown.originalHeight, shown.image.width, shown.image.height]).toEqual([97, 61, 32, 32]);
  });

  it('is composited on white where it is transparent', () => {
    const image = { width: 2, height: 1, data: Uint8Array.of(10, 20, 30, 0, 0, 100, 200, 51) };
    const { shown } = preprocessImage(image, settingsOf({ do_center_crop: false, do_resize: false }));
    expect([...shown.image.data]).toEqual([255, 255, 255, 255, 204, 224, 244, 255]);
  });

  it('keeps at least one pixel of a crop that would vanish', () => {
    const image = { width: 1, height: 5, data: new Uint8Array(20).fill(255) };
    const { shown, pixelValues } = preprocessImage(image, settingsOf({ size: 8, crop_size: 9 }));
    expect(shown.crop).toMatchObject({ width: 1, height: 1 });
    expect(pixelValues.shape).toEqual([3, 8, 8]);
  });

  it('is refused with its numbers when pixels are missing', () => {
    expect(() => preprocessImage({ width: 4, height: 4, data: new Uint8Array(60) }, settingsOf(null))).toThrow(/4 × 4 .* 60 bytes/);
  });
});

describe('picture settings', () => {
  it('fall back to PerceiverImageProcessor’s', () => {
    const settings = parseImageSettings(null, DEFAULT_SIDE);
    expect(settings.crop).toEqual({ size: { height: 224, width: 224 }, cropSize: { height: 256, width: 256 } });
    expect(settings.resize).toEqual({ size: { height: 224, width: 224 }, filter: 'bicubic' });
    expect(settings.normalize?.mean).toEqual([0.485, 0.456, 0.406]);
    expect(settings.rescaleFactor).toBe(1 / 255);
  });

  it('crop by 256 whatever the size, where no crop is named', () => {
    const cropSize = { height: 256, width: 256 };
    expect(parseImageSettings({ size: 112 }, DEFAULT_SIDE).crop).toEqual({ size: { height: 112, width: 112 }, cropSize });
    expect(parseImageSettings({}, 64).crop).toEqual({ size: { height: 64, width: 64 }, cropSize });
  });

  it.each([
    [{ resample: 0 }, /resample 0/],
    [{ size: { height: 0, width: 3 } }, /size/],
    [{ size: 1_000_000 }, /“size” should be a side or a height and a width, each a whole number from 1 to 8,192 and is 1000000\./],
    [{ size: 8192 }, /“size” is 8192 × 8192; a model reads at most 1,048,576 pixels/],
    [{ do_resize: 'no' }, /“do_resize” should be true or false and is “no”/],
    [{ rescale_factor: -1 }, /“rescale_factor” should be above 0 and is -1/],
    [{ image_std: [0, 1, 1] }, /image_std/],
    ['text', /the file/],
  ])('of a damaged file %j are refused with the field’s name', (config, sentence) => {
    expect(() => parseImageSettings(config, 32)).toThrow(sentence);
  });
});

describe('classes', () => {
  it('come most probable first, with probabilities that add up to one', () => {
    const { classes } = readClasses(Float32Array.of(981, 983, 1000, 999), ['a', 'b', 'c']);
    expect(classes.map(({ label }) => label)).toEqual(['c', 'LABEL_3', 'b', 'a']);
    expect(classes[0]?.probability).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect(classes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
  });
});
