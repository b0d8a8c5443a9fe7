/**
 * What a picture file says about itself in its first bytes, read without decoding it: format and size.
 * Sizes are checked against limits before a decoder may ask for memory. Every read stays inside the bytes given.
 */

export type ImageFormat = 'png' | 'jpeg' | 'gif' | 'webp' | 'bmp' | 'avif' | 'heic' | 'tiff' | 'svg' | 'pdf' | 'jxl' | 'psd';

export interface ImageHeader {
  readonly format: ImageFormat;
  /** Pixels as the header says, before any turning by EXIF; null where the format is not one we decode or says nothing. */
  readonly size: { readonly width: number; readonly height: number } | null;
}

/** Formats Chromium decodes, with their media types. */
export const DECODED_FORMATS: Partial<Record<ImageFormat, string>> = {
  png: 'image/png',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
  avif: 'image/avif',
};

export const FORMAT_NAMES: Record<ImageFormat, string> = {
  png: 'PNG',
  jpeg: 'JPEG',
  gif: 'GIF',
  webp: 'WebP',
  bmp: 'BMP',
  avif: 'AVIF',
  heic: 'HEIC',
  tiff: 'TIFF',
  svg: 'SVG',
  pdf: 'PDF',
  jxl: 'JPEG XL',
  psd: 'Photoshop',
};

const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n';
const AVIF_BRANDS = ['avif', 'avis'];
const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

const view = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const ascii = (bytes: Uint8Array, from: number, length: number): string => String.fromCharCode(...bytes.subarray(from, from + length));

/** Format and size of a picture, or null for bytes that begin like no picture we know of. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const head = ascii(bytes, 0, 16);
  if (head.startsWith(PNG_SIGNATURE)) return { format: 'png', size: pngSize(bytes) };
  if (head.startsWith('\xff\xd8\xff')) return { format: 'jpeg', size: jpegSize(bytes) };
  if (head.startsWith('GIF87a') || head.startsWith('GIF89a')) return { format: 'gif', size: gifSize(bytes) };
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return { format: 'webp', size: webpSize(bytes) };
  if (head.startsWith('BM') && bytes.length >= 26) return { format: 'bmp', size: bmpSize(bytes) };
  if (head.slice(4, 8) === 'ftyp') return isoHeader(bytes);
  if (head.startsWith('II*\0') || head.startsWith('MM\0*') || head.startsWith('II+\0') || head.startsWith('MM\0+')) {
    return { format: 'tiff', size: null };
  }
  if (head.startsWith('%PDF-')) return { format: 'pdf', size: null };
  if (head.startsWith('\xff\x0a') || head.startsWith('\0\0\0\x0cJXL ')) return { format: 'jxl', size: null };
  if (head.startsWith('8BPS')) return { format: 'psd', size: null };
  return looksLikeSvg(bytes) ? { format: 'svg', size: null } : null;
}

function pngSize(bytes: Uint8Array): ImageHeader['size'] {
  if (bytes.length < 24 || ascii(bytes, 12, 4) !== 'IHDR') return null;
  return { width: view(bytes).getUint32(16), height: view(bytes).getUint32(20) };
}

/**
 * Whether a PNG describes its colours by gamma and primaries alone, without a profile. Browsers convert by those and darken shadows
 * of ordinary sRGB pictures; image libraries (and the command line) leave the pixels as they are, and so do we.
 */
export function hasOnlyGamma(bytes: Uint8Array): boolean {
  const data = view(bytes);
  let gamma = false;
  for (let at = 8; at + 12 <= bytes.length; at += 12 + data.getUint32(at)) {
    const chunk = ascii(bytes, at + 4, 4);
    if (chunk === 'iCCP' || chunk === 'sRGB' || chunk === 'cICP') return false;
    if (chunk === 'gAMA' || chunk === 'cHRM') gamma = true;
    if (chunk === 'IDAT') break;
  }
  return gamma;
}

function gifSize(bytes: Uint8Array): ImageHeader['size'] {
  if (bytes.length < 10) return null;
  return { width: view(bytes).getUint16(6, true), height: view(bytes).getUint16(8, true) };
}

/** Walks the segments of a JPEG to its frame header (SOF0 to SOF15 without DHT, JPG and DAC). */
function jpegSize(bytes: Uint8Array): ImageHeader['size'] {
  const data = view(bytes);
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      return { width: data.getUint16(at + 7), height: data.getUint16(at + 5) };
    }
    const standsAlone = marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);
    at += standsAlone ? 2 : 2 + data.getUint16(at + 2);
  }
  return null;
}

function webpSize(bytes: Uint8Array): ImageHeader['size'] {
  const data = view(bytes);
  const kind = ascii(bytes, 12, 4);
  if (kind === 'VP8X' && bytes.length >= 30) {
    const uint24 = (at: number): number => data.getUint16(at, true) | (bytes[at + 2]! << 16);
    return { width: uint24(24) + 1, height: uint24(27) + 1 };
  }
  if (kind === 'VP8L' && bytes.length >= 25) {
    const bits = data.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (kind === 'VP8 ' && bytes.length >= 30) {
    return { width: data.getUint16(26, true) & 0x3fff, height: data.getUint16(28, true) & 0x3fff };
  }
  return null;
}

function bmpSize(bytes: Uint8Array): ImageHeader['size'] {
  const data = view(bytes);
  // The oldest header has 16-bit sizes; in the others a negative height means rows from the top.
  if (data.getUint32(14, true) === 12) return { width: data.getUint16(18, true), height: data.getUint16(20, true) };
  return { width: Math.abs(data.getInt32(18, true)), height: Math.abs(data.getInt32(22, true)) };
}

/** AVIF and HEIC share a container; AVIF's largest `ispe` box is the picture's size. */
function isoHeader(bytes: Uint8Array): ImageHeader | null {
  const boxEnd = Math.min(bytes.length, view(bytes).getUint32(0), 256);
  const brands = new Set<string>();
  for (let at = 8; at + 4 <= boxEnd; at += 4) if (at !== 12) brands.add(ascii(bytes, at, 4));
  if (HEIC_BRANDS.slice(0, 6).some((brand) => brands.has(brand))) return { format: 'heic', size: null };
  if (AVIF_BRANDS.some((brand) => brands.has(brand))) return { format: 'avif', size: avifSize(bytes) };
  return HEIC_BRANDS.some((brand) => brands.has(brand)) ? { format: 'heic', size: null } : null;
}

function avifSize(bytes: Uint8Array): ImageHeader['size'] {
  const data = view(bytes);
  const end = Math.min(bytes.length - 16, 64 * 1024);
  let found: { width: number; height: number } | null = null;
  for (let at = 8; at <= end; at++) {
    if (bytes[at] !== 0x69 || ascii(bytes, at, 4) !== 'ispe') continue;
    const size = { width: data.getUint32(at + 8), height: data.getUint32(at + 12) };
    if (!found || size.width * size.height > found.width * found.height) found = size;
  }
  return found;
}

function looksLikeSvg(bytes: Uint8Array): boolean {
  const start = new TextDecoder()
    .decode(bytes.subarray(0, 4096))
    .replace(/^\uFEFF/, '')
    .trimStart();
  return /^(<\?xml|<!--|<!DOCTYPE|<svg)/i.test(start) && /<svg[\s>]/i.test(start);
}

/** Whether the file stops before its format says it ends: a download or a copy that was cut off. */
export function isCutOff(bytes: Uint8Array, format: ImageFormat): boolean {
  const data = view(bytes);
  switch (format) {
    case 'png':
      return !ascii(bytes, Math.max(0, bytes.length - 64), 64).includes('IEND');
    case 'jpeg':
      return !endsWithMarker(bytes);
    case 'gif':
      return bytes[lastNonZero(bytes)] !== 0x3b;
    case 'webp':
      return data.getUint32(4, true) + 8 > bytes.length;
    case 'bmp':
      return data.getUint32(2, true) > bytes.length;
    default:
      return false;
  }
}

function lastNonZero(bytes: Uint8Array): number {
  let at = bytes.length - 1;
  while (at > 0 && bytes[at] === 0) at--;
  return at;
}

/** JPEG's end marker (FF D9) near the end; cameras append a little after it. */
function endsWithMarker(bytes: Uint8Array): boolean {
  for (let at = bytes.length - 2; at >= Math.max(2, bytes.length - 4096); at--) {
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return true;
  }
  return false;
}
