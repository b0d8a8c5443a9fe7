import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { colourTable } from '../../renderer/draw/colour-maps';
import { folderNamer } from './attention-files';
import { EMBER, emberIndex } from './ember';
import { encodePng, galleryPicture, mapPicture } from './map-pictures';
import { writeSafetensors } from './safetensors-file';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perceiver-lab-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a .safetensors file', () => {
  it('holds each tensor where its header says, aligned', async () => {
    const path = join(folder, 'deeper', 'out.safetensors');
    await writeSafetensors(path, [
      { name: 'a', shape: [2, 2], values: async () => Float32Array.of(1, 2, 3, 4) },
      { name: 'attentions.0', shape: [1], values: async () => Float32Array.of(-0.5) },
    ]);
    const file = readFileSync(path);
    const length = Number(file.readBigUInt64LE(0));
    expect(length % 8).toBe(0);
    const header = JSON.parse(file.subarray(8, 8 + length).toString()) as Record<
      string,
      { data_offsets: [number, number]; shape: number[] }
    >;
    expect(header.a).toEqual({ dtype: 'F32', shape: [2, 2], data_offsets: [0, 16] });
    expect(file.readFloatLE(8 + length + (header['attentions.0']?.data_offsets[0] ?? 0))).toBe(-0.5);
    expect(file.length).toBe(8 + length + 20);
  });

  it('is not left behind half written', async () => {
    const failing = { name: 'a', shape: [1], values: () => Promise.reject(new Error('lost')) };
    await expect(writeSafetensors(join(folder, 'out.safetensors'), [failing])).rejects.toThrow('lost');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('maps as pictures', () => {
  it('have the colours of the window', () => {
    expect(Buffer.compare(EMBER, colourTable('ember', 'light'))).toBe(0);
    expect([emberIndex(0, 2), emberIndex(1, 2), emberIndex(2, 2), emberIndex(0, 0), emberIndex(Number.NaN, 1)]).toEqual([
      0, 128, 255, 0, 0,
    ]);
  });

  it('are drawn crisp, each on its own scale', async () => {
    const picture = galleryPicture(Float32Array.of(0, 1, 0, 0.001), 2, 1, 2);
    const { data, info } = await sharp(await encodePng(picture))
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number): number[] => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)];
    const highest = [...EMBER.subarray(765)];
    expect(at(4 + 50, 6)).toEqual(highest);
    expect(at(4 + 96 + 4 + 50, 6)).toEqual(highest);
    expect(at(6, 6)).toEqual([...EMBER.subarray(0, 3)]);
    expect(at(1, 1)).toEqual([255, 255, 255]);
  });

  it('for themselves are enlarged by whole pixels', () => {
    const picture = mapPicture(new Float32Array(6), 2, 3, 100);
    expect([picture.width, picture.height]).toEqual([99, 66]);
  });
});

describe('folders of maps', () => {
  it('are named after their inputs, numbered where two are alike', () => {
    const name = folderNamer();
    expect(['a/cat.jpg', 'b/cat.png', 'CAT.gif', '-', 'notes.txt:12', '-:3', '.env'].map(name)).toEqual([
      'cat',
      'cat-2',
      'CAT-3',
      'stdin',
      'notes-line-12',
      'stdin-line-3',
      '.env',
    ]);
  });
});
