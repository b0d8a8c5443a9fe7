import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MAX_INPUT_PIXELS } from '../../../electron/contract/run-schemas';
import { LabError } from '../../../models/lab-error';
import { CLAIMED_PIXELS, checkImageFile, damaged, imageNotes, KEPT_PIXELS, keptSize } from './check-image-file';

const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function png(width: number, height: number): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  new DataView(bytes.buffer).setUint32(16, width);
  new DataView(bytes.buffer).setUint32(20, height);
  return bytes;
}

function errorOf(work: () => unknown): LabError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof LabError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was thrown');
}

describe('checking picture files', () => {
  it('lets a picture through with its format and size', () => {
    expect(checkImageFile(png(640, 427), 'a.png')).toEqual({ format: 'png', mediaType: 'image/png', width: 640, height: 427 });
    expect(checkImageFile(png(12_000, 9000), 'a.png').width).toBe(12_000);
  });

  it.each([
    ['an empty file', new Uint8Array(0), 'file-empty', 'x is empty: 0 bytes.'],
    ['random bytes', fixture('random.png'), 'format-unsupported', 'x is not a picture in a format this app knows.'],
    [
      'a drawing',
      text('<svg xmlns="http://www.w3.org/2000/svg"></svg>'),
      'format-unsupported',
      'x is an SVG file, which this app cannot decode.',
    ],
    ['a TIFF', text('II*\0 and so on and on'), 'format-unsupported', 'x is a TIFF file, which this app cannot decode.'],
    [
      'an absurd GIF',
      fixture('gif-absurd.gif'),
      'image-too-large',
      'x says that it is 65,535 × 65,535 pixels; up to 200 million are opened.',
    ],
    ['a picture without pixels', png(0, 5), 'image-damaged', 'x says that it is 0 × 5 pixels, so it holds no picture.'],
    [
      'a JPEG that ends before its size',
      Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 4),
      'image-damaged',
      'x is cut off: it ends before its JPEG picture does.',
    ],
  ] as const)('turns down %s with a sentence', (_, bytes, code, message) => {
    const error = errorOf(() => checkImageFile(bytes, 'x'));
    expect({ code: error.code, message: error.message }).toEqual({ code, message });
    expect(error.hint).toMatch(/^[A-Z].*\.$/);
  });

  it('turns down an absurd PNG before any memory is asked for', () => {
    expect(errorOf(() => checkImageFile(fixture('absurd-size.png'), 'x')).code).toBe('image-too-large');
    expect(errorOf(() => checkImageFile(png(CLAIMED_PIXELS + 1, 1), 'x')).code).toBe('image-too-large');
    expect(checkImageFile(png(CLAIMED_PIXELS, 1), 'x').height).toBe(1);
  });

  it('says that random bytes are no picture where their name claims one', () => {
    const error = errorOf(() => checkImageFile(fixture('random.png'), 'random.png'));
    expect([error.code, error.message]).toEqual(['image-damaged', 'random.png is not a picture, whatever its name says.']);
  });

  it('tells a cut-off file from a damaged one', () => {
    expect(damaged(fixture('truncated.png'), 'png', 'a.png').message).toBe('a.png is cut off: it ends before its PNG picture does.');
    expect(damaged(fixture('no-frames.gif'), 'gif', 'a.gif').message).toBe('a.gif is damaged: its GIF data cannot be decoded.');
  });
});

describe('sizes that are kept', () => {
  it('are what a run takes', () => {
    expect(KEPT_PIXELS).toBe(MAX_INPUT_PIXELS);
  });

  it('leave pictures of up to 16.7 million pixels as they are', () => {
    expect(keptSize(4096, 4096)).toEqual({ width: 4096, height: 4096 });
  });

  it.each([
    [12_000, 9000],
    [20_000, 3000],
    [4097, 4096],
    [100_000_000, 1],
    [1, 150_000_000],
    [60_000, 3000],
  ])('bring %i × %i under it with its shape', (width, height) => {
    const kept = keptSize(width, height);
    expect(kept.width * kept.height).toBeLessThanOrEqual(KEPT_PIXELS);
    expect(kept.width).toBeGreaterThanOrEqual(1);
    expect(kept.height).toBeGreaterThanOrEqual(1);
    if (Math.min(kept.width, kept.height) > 100) expect(kept.width / kept.height / (width / height)).toBeCloseTo(1, 2);
  });
});

describe('notes on a picture', () => {
  const plain = { format: 'png', mediaType: 'image/png', width: 300, height: 200 } as const;

  it('say nothing about an ordinary file', () => {
    expect(imageNotes(plain, 'cat.png', 1, false)).toEqual([]);
    expect(imageNotes({ ...plain, format: 'jpeg' }, 'CAT.JPG', 1, false)).toEqual([]);
    expect(imageNotes(plain, 'Pasted picture', 1, false)).toEqual([]);
  });

  it('say when the name lies, when only one frame is used and when it was scaled', () => {
    expect(imageNotes({ ...plain, format: 'webp' }, 'really.png', 1, false)).toEqual([
      'really.png holds a WebP picture, whatever its name says.',
    ]);
    expect(imageNotes({ ...plain, format: 'gif' }, 'a.gif', 6, false)).toEqual(['a.gif is animated: the first of its 6 frames is used.']);
    expect(imageNotes({ ...plain, width: 12_000, height: 9000 }, 'a.png', 1, false)).toEqual([
      'Scaled from 12,000 × 9,000 to 4,729 × 3,547 pixels while opening.',
    ]);
    expect(imageNotes(plain, 'logo.png', 1, true)).toEqual(['Transparent parts are put on white.']);
  });
});
