import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MAX_IMAGE_FILE_BYTES, MAX_TEXT_FILE_BYTES } from '../../models/file-limits';
import { decodeFile, kindOf } from './decode-file';
import { decodeImageFile } from './image/decode-image-file';

const { signal } = new AbortController();
const jpeg = readFileSync(join(import.meta.dirname, 'image', 'fixtures', 'truncated.jpg'));
const bmp = new Uint8Array(64);
bmp.set([0x42, 0x4d]);
new DataView(bmp.buffer).setUint32(14, 40, true);

/** A file that says how large it is and fails whoever reads it whole. */
class Unread extends Blob {
  readonly #size: number;
  constructor(size: number) {
    super(['plain words']);
    this.#size = size;
  }
  override get size(): number {
    return this.#size;
  }
  override arrayBuffer(): Promise<ArrayBuffer> {
    throw new Error('It was read.');
  }
}

describe('what a file is', () => {
  it.each([
    ['a picture without a telling name or type', new Blob([jpeg]), 'download', 'image'],
    ['a picture that is called a text', new Blob([jpeg], { type: 'text/plain' }), 'a.txt', 'image'],
    ['a bitmap', new Blob([bmp]), 'bitmap', 'image'],
    ['a word that begins like a bitmap', new Blob(['BMW and other cars of the year']), 'cars', 'text'],
    ['a text that shows a drawing', new Blob(['<svg xmlns="x"></svg>'], { type: 'text/plain' }), 'a.txt', 'text'],
    ['a drawing', new Blob(['<svg xmlns="x"></svg>']), 'a.svg', 'image'],
    ['what is no picture whatever its name says', new Blob(['words']), 'a.png', 'image'],
    ['words', new Blob(['words']), 'README', 'text'],
    ['nothing', new Blob([]), 'empty', 'text'],
  ])('%s', async (_, file, name, kind) => {
    expect(await kindOf(file, name)).toBe(kind);
  });

  it('sound and video get a sentence', async () => {
    await expect(kindOf(new Blob(['RIFF'], { type: 'audio/wav' }), 'a.wav')).rejects.toMatchObject({ code: 'format-unsupported' });
  });
});

describe('the size of a file', () => {
  it('of a text is looked at before it is read', async () => {
    await expect(decodeFile(new Unread(2e9), 'a.txt', { signal })).rejects.toMatchObject({
      code: 'file-too-large',
      message: 'a.txt is 2,000 MB; a text may be at most 64 MB.',
    });
  });

  it('of a picture is looked at before it is read', async () => {
    await expect(decodeImageFile(new Unread(MAX_IMAGE_FILE_BYTES + 1e6), 'a.png')).rejects.toMatchObject({
      code: 'file-too-large',
      message: 'a.png is 269 MB; pictures of up to 268 MB are opened.',
    });
  });

  it('is the one that the documents name', () => {
    for (const name of ['errors.md', 'formats.md']) {
      const text = readFileSync(join(import.meta.dirname, '..', '..', 'docs', name), 'utf8');
      expect(text).toContain(`${Math.round(MAX_IMAGE_FILE_BYTES / 1e6)} MB`);
      expect(text).toContain(`${MAX_TEXT_FILE_BYTES / 1e6} MB`);
    }
  });
});

it('a text comes as its bytes, with what was left out said', async () => {
  const file = new Blob([Uint8Array.of(0xef, 0xbb, 0xbf, 0x61)]);
  expect(await decodeFile(file, 'a.txt', { signal })).toEqual({
    kind: 'text',
    bytes: Uint8Array.of(0x61),
    notes: [expect.stringContaining('byte order mark')],
  });
});
