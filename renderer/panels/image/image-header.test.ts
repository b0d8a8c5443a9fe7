import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasOnlyGamma, isCutOff, readImageHeader } from './image-header';

const fixture = (name: string): Uint8Array => new Uint8Array(readFileSync(fileURLToPath(new URL(`fixtures/${name}`, import.meta.url))));

/** Bytes from strings (one byte a character), numbers and lists of numbers. */
function bytes(...parts: readonly (string | number | readonly number[])[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string' ? [...part].map((c) => c.charCodeAt(0)) : typeof part === 'number' ? [part] : [...part],
    ),
  );
}
const u16 = (value: number): number[] => [value >> 8, value & 255];
const u16le = (value: number): number[] => [value & 255, value >> 8];
const u32 = (value: number): number[] => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const u32le = (value: number): number[] => u32(value).reverse();
const zeros = (count: number): number[] => new Array<number>(count).fill(0);

const PNG = bytes('\x89PNG\r\n\x1a\n', u32(13), 'IHDR', u32(640), u32(427), 8, 6, 0, 0, 0);

describe('image header', () => {
  it('reads the size of a PNG', () => {
    expect(readImageHeader(PNG)).toEqual({ format: 'png', size: { width: 640, height: 427 } });
  });

  it('finds the frame header of a JPEG behind other segments, baseline and progressive', () => {
    for (const frame of [0xc0, 0xc2]) {
      const jpeg = bytes(
        [0xff, 0xd8, 0xff, 0xe1],
        u16(8),
        zeros(6), // a segment with FF C4 tables after it, then padding bytes
        [0xff, 0xc4],
        u16(5),
        zeros(3),
        [0xff, 0xff],
        [frame],
        u16(17),
        8,
        u16(300),
        u16(451),
        3,
        zeros(9),
      );
      expect(readImageHeader(jpeg)).toEqual({ format: 'jpeg', size: { width: 451, height: 300 } });
    }
  });

  it('reads the size of a GIF', () => {
    expect(readImageHeader(bytes('GIF89a', u16le(120), u16le(80), 0))).toEqual({ format: 'gif', size: { width: 120, height: 80 } });
  });

  it('reads the three kinds of WebP', () => {
    const riff = (kind: string, rest: readonly number[]): Uint8Array => bytes('RIFF', u32le(100), 'WEBP', kind, u32le(20), rest, zeros(20));
    const lossy = [...zeros(3), 0x9d, 0x01, 0x2a, ...u16le(320), ...u16le(214)];
    const lossless = [0x2f, ...u32le((320 - 1) | ((214 - 1) << 14))];
    const extended = [0x10, 0, 0, 0, ...u32le(319).slice(0, 3), ...u32le(70_000).slice(0, 3)];
    expect(readImageHeader(riff('VP8 ', lossy))?.size).toEqual({ width: 320, height: 214 });
    expect(readImageHeader(riff('VP8L', lossless))?.size).toEqual({ width: 320, height: 214 });
    expect(readImageHeader(riff('VP8X', extended))?.size).toEqual({ width: 320, height: 70_001 });
  });

  it('reads a BMP whose rows run from the top, and the oldest kind', () => {
    const bmp = bytes('BM', u32le(9999), zeros(8), u32le(40), u32le(160), u32le(-107 >>> 0), zeros(4));
    expect(readImageHeader(bmp)).toEqual({ format: 'bmp', size: { width: 160, height: 107 } });
    expect(readImageHeader(bytes('BM', u32le(9999), zeros(8), u32le(12), u16le(7), u16le(5), zeros(4)))?.size).toEqual({
      width: 7,
      height: 5,
    });
  });

  it('takes the largest image of an AVIF and tells it from HEIC', () => {
    const box = (brand: string): Uint8Array =>
      bytes(
        u32(20),
        'ftyp',
        brand,
        u32(0),
        'mif1',
        u32(20),
        'ispe',
        u32(0),
        u32(100),
        u32(80),
        u32(20),
        'ispe',
        u32(0),
        u32(320),
        u32(214),
        zeros(32),
      );
    expect(readImageHeader(box('avif'))).toEqual({ format: 'avif', size: { width: 320, height: 214 } });
    expect(readImageHeader(box('heic'))).toEqual({ format: 'heic', size: null });
    expect(readImageHeader(box('mp42'))?.format).toBe('heic');
  });

  it('names what cannot be decoded: TIFF, PDF, JPEG XL, SVG with and without a prologue', () => {
    expect(readImageHeader(bytes('II*\0', zeros(20)))?.format).toBe('tiff');
    expect(readImageHeader(bytes('MM\0*', zeros(20)))?.format).toBe('tiff');
    expect(readImageHeader(bytes('%PDF-1.7', zeros(20)))?.format).toBe('pdf');
    expect(readImageHeader(bytes([0xff, 0x0a], zeros(20)))?.format).toBe('jxl');
    expect(readImageHeader(bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'))?.format).toBe('svg');
    expect(readImageHeader(bytes('<?xml version="1.0"?>\n<!-- made by hand -->\n<svg width="5"></svg>'))?.format).toBe('svg');
    expect(readImageHeader(bytes('<html><svg></svg></html>'))).toBeNull();
  });

  it('says null for random bytes and for nothing', () => {
    expect(readImageHeader(fixture('random.png'))).toBeNull();
    expect(readImageHeader(new Uint8Array(0))).toBeNull();
  });

  it('reads the claims of lying files without believing them', () => {
    expect(readImageHeader(fixture('gif-absurd.gif'))?.size).toEqual({ width: 65_535, height: 65_535 });
    const absurd = readImageHeader(fixture('absurd-size.png'))!.size!;
    expect(absurd.width * absurd.height).toBeGreaterThan(1e9);
  });

  it('never reads outside the bytes, however they are cut or changed', () => {
    const starts = [
      PNG,
      fixture('truncated.jpg').subarray(0, 700),
      bytes('RIFF', zeros(4), 'WEBPVP8X'),
      bytes(u32(20), 'ftypavif', zeros(12)),
      bytes('BM'),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.nat(800), fc.uint8Array({ maxLength: 60 }), (start, length, tail) => {
        const changed = bytes([...start.subarray(0, length)], [...tail]);
        const header = readImageHeader(changed);
        if (header?.size) expect(Number.isInteger(header.size.width)).toBe(true);
      }),
    );
  });
});

describe('colours of a PNG', () => {
  const chunk = (name: string, data: readonly number[] = []): number[] => [...bytes(u32(data.length), name, data, u32(0))];
  const file = (...chunks: readonly (readonly number[])[]): Uint8Array =>
    bytes([...PNG.subarray(0, 8)], chunk('IHDR', zeros(13)), ...chunks);

  it('are left alone where only gamma and primaries describe them', () => {
    expect(hasOnlyGamma(file(chunk('gAMA', u32(45_455)), chunk('cHRM', zeros(32)), chunk('IDAT')))).toBe(true);
  });

  it('follow a profile, and are sRGB where nothing is said', () => {
    expect(hasOnlyGamma(file(chunk('gAMA', u32(45_455)), chunk('iCCP', zeros(9)), chunk('IDAT')))).toBe(false);
    expect(hasOnlyGamma(file(chunk('sRGB', [0]), chunk('gAMA', u32(45_455)), chunk('IDAT')))).toBe(false);
    expect(hasOnlyGamma(file(chunk('IDAT'), chunk('gAMA', u32(45_455))))).toBe(false);
  });
});

describe('cut-off files', () => {
  it('are told by the end their format should have', () => {
    expect(isCutOff(fixture('truncated.png'), 'png')).toBe(true);
    expect(isCutOff(fixture('truncated.jpg'), 'jpeg')).toBe(true);
    expect(isCutOff(bytes([0xff, 0xd8, 0xff, 0xd9], zeros(100)), 'jpeg')).toBe(false);
    expect(isCutOff(bytes('\x89PNG', zeros(80), 'IEND', zeros(4)), 'png')).toBe(false);
    expect(isCutOff(fixture('no-frames.gif'), 'gif')).toBe(false);
    expect(isCutOff(bytes('GIF89a', zeros(30), 9), 'gif')).toBe(true);
    expect(isCutOff(bytes('RIFF', u32le(4000), 'WEBP', zeros(20)), 'webp')).toBe(true);
    expect(isCutOff(bytes('BM', u32le(20), zeros(20)), 'bmp')).toBe(false);
  });
});
