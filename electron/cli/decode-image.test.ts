import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { LabError } from '../../models/lab-error';
import { MAX_INPUT_PIXELS } from '../contract/run-schemas';
import { decodeImage, keptSize } from './decode-image';

const hostile = (file: string): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, 'fixtures', 'hostile', file)));
const failure = (bytes: Uint8Array, name: string): Promise<LabError> =>
  decodeImage(bytes, name).then(
    () => Promise.reject(new Error(`${name} was decoded`)),
    (thrown: LabError) => thrown,
  );

/** Four pixels: red, green, blue, white. */
const PIXELS = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255);
const picture = () => sharp(PIXELS, { raw: { width: 2, height: 2, channels: 3 } });
const rgb = (data: ArrayLike<number>): number[] => Array.from(data).filter((_, at) => at % 4 !== 3);

describe('a picture file', () => {
  it('gives its exact pixels from lossless formats', async () => {
    for (const encoded of [
      picture().png(),
      picture().png({ progressive: true }),
      picture().png({ palette: true }),
      picture().webp({ lossless: true }),
      picture().tiff({ compression: 'lzw' }),
    ]) {
      const { image, notes } = await decodeImage(new Uint8Array(await encoded.toBuffer()), 'four');
      expect(rgb(image.data)).toEqual([...PIXELS]);
      expect(notes).toEqual([]);
    }
  });

  it('is scaled from 16 bits without clipping', async () => {
    const sixteen = Uint16Array.of(0, 257, 128 * 257, 65535);
    const png = await sharp(sixteen, { raw: { width: 2, height: 2, channels: 1, depth: 'ushort' } as never })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    const { image } = await decodeImage(new Uint8Array(png), 'grey.png');
    expect([0, 4, 8, 12].map((at) => image.data[at])).toEqual([0, 1, 128, 255]);
  });

  it('is turned as its EXIF data says', async () => {
    const wide = await sharp({ create: { width: 6, height: 2, channels: 3, background: '#123456' } })
      .jpeg()
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const { image } = await decodeImage(new Uint8Array(wide), 'turned.jpg');
    expect([image.width, image.height]).toEqual([2, 6]);
  });

  it('is read from CMYK', async () => {
    const cmyk = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#ffffff' } })
      .toColourspace('cmyk')
      .jpeg()
      .toBuffer();
    const { image } = await decodeImage(new Uint8Array(cmyk), 'print.jpg');
    expect(rgb(image.data).every((value) => value > 240)).toBe(true);
  });

  it('says that only the first frame was read', async () => {
    const frames = await Promise.all([picture(), picture().negate(), picture()].map((frame) => frame.png().toBuffer()));
    const gif = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const { notes } = await decodeImage(new Uint8Array(gif), 'moving.gif');
    expect(notes).toEqual([expect.stringMatching(/^It has 3 frames; the first was read/)]);
  });

  it('says so of an animated PNG too, which the decoder takes for a still one', async () => {
    const png = await picture().png().toBuffer();
    // Length 8, three frames, played for ever.
    const animation = Buffer.concat([Buffer.from('\0\0\0\x08acTL\0\0\0\x03\0\0\0\0', 'latin1'), Buffer.alloc(4)]);
    animation.writeUInt32BE(crc32(animation.subarray(4, 16)), 16);
    const moving = Buffer.concat([png.subarray(0, 33), animation, png.subarray(33)]);
    const { image, notes } = await decodeImage(new Uint8Array(moving), 'moving.png');
    expect(rgb(image.data)).toEqual([...PIXELS]);
    expect(notes).toEqual(['It has 3 frames; the first was read.']);
  });

  it('is known by its content, whatever its name says', async () => {
    const { image, notes } = await decodeImage(new Uint8Array(await picture().webp({ lossless: true }).toBuffer()), 'really.png');
    expect(rgb(image.data)).toEqual([...PIXELS]);
    expect(notes).toEqual(['Its name ends in .png, but it is WebP.']);
  });

  it('keeps its transparency and says where that goes', async () => {
    const clear = await sharp({ create: { width: 1, height: 1, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0.5 } } })
      .png()
      .toBuffer();
    const { image, notes } = await decodeImage(new Uint8Array(clear), 'clear.png');
    expect([...image.data]).toEqual([1, 2, 3, 128]);
    expect(notes).toEqual(['Transparent parts were put on white.']);
  });

  it('of 60 megapixels is scaled while it is decoded', async () => {
    const { image, notes } = await decodeImage(hostile('bomb-60-megapixels.png'), 'bomb-60-megapixels.png');
    expect(image.width * image.height).toBeLessThanOrEqual(16_777_216);
    expect(image.width / image.height).toBeCloseTo(20_000 / 3000, 2);
    expect(notes[0]).toMatch(/20,000 × 3,000 pixels were scaled to/);
  });

  it('is never scaled to more pixels than a run takes, nor to none', () => {
    const sides = fc.tuple(fc.integer({ min: 1, max: 200_000_000 }), fc.integer({ min: 1, max: 200_000_000 }));
    fc.assert(
      fc.property(sides, ([width, bound]) => {
        const height = 1 + (bound % Math.floor(200_000_000 / width));
        const kept = keptSize(width, height);
        expect(kept.width * kept.height).toBeLessThanOrEqual(MAX_INPUT_PIXELS);
        if (width * height <= MAX_INPUT_PIXELS) expect(kept).toEqual({ width, height });
        expect(Math.min(kept.width, kept.height)).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it.each([
    [4274, 3968, 1],
    [4274, 3968, 6],
    [40_000, 500, 1],
  ])('of %i × %i pixels with orientation %i fits a run', { timeout: 60_000 }, async (width, height, orientation) => {
    const plain = sharp({ create: { width, height, channels: 3, background: '#123456' } });
    const bytes = await plain.jpeg().withMetadata({ orientation }).toBuffer();
    const { image, notes } = await decodeImage(new Uint8Array(bytes), 'photo.jpg');
    const [wide, high] = orientation > 4 ? [height, width] : [width, height];
    expect(image.width * image.height).toBeLessThanOrEqual(MAX_INPUT_PIXELS);
    expect(Math.abs(image.width / image.height / (wide / high) - 1)).toBeLessThan(0.003);
    expect(notes).toEqual([expect.stringContaining(`${wide.toLocaleString('en')} × ${high.toLocaleString('en')} pixels were scaled`)]);
  });

  it.each([
    ['absurd-size.png', 'image-too-large', /2,147,483,647 × 2,147,483,647/],
    ['gif-absurd.gif', 'image-too-large', /65,535 × 65,535/],
    ['no-frames.gif', 'image-damaged', /damaged or incomplete GIF/],
    ['truncated.jpg', 'image-damaged', /damaged or incomplete JPEG/],
    ['truncated.png', 'image-damaged', /damaged or incomplete PNG/],
    ['bad-crc.png', 'image-damaged', /damaged or incomplete PNG/],
    ['random.png', 'image-damaged', /not a picture, whatever its name says/],
    ['mulaw8k.wav', 'format-unsupported', /a WAV sound, not a picture/],
    ['crlf.txt', 'format-unsupported', /no picture/],
  ])('%s is refused with a sentence (%s)', async (file, code, sentence) => {
    const error = await failure(hostile(file), file);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(sentence);
    expect(error.hint).toMatch(/\.$/);
  });

  it.each([
    ['drawing.svg', '<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="http://www.w3.org/2000/svg"/>', /SVG drawing/],
    ['photo.heic', '\0\0\0\x18ftypheic\0\0\0\0mif1heic', /HEIC picture/],
    ['photo.heif', '\0\0\0\x18ftypmif1\0\0\0\0mif1heic', /HEIC picture/],
    ['photo.jxl', '\xff\x0a', /a JPEG XL picture, which the command line does not read/],
    ['app.ico', '\0\0\x01\0', /an icon, which the command line does not read/],
    ['photo.bmp', `BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0${'\0'.repeat(40)}`, /BMP picture/],
  ])('%s is refused by its kind', async (name, content, sentence) => {
    const error = await failure(new Uint8Array(Buffer.from(content, 'latin1')), name);
    expect(error.code).toBe('format-unsupported');
    expect(error.message).toMatch(sentence);
  });
});
