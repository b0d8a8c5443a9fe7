/**
 * Picture files to 8-bit RGBA. Decoding is sharp's; what is larger than a run takes is scaled while it is decoded, so
 * that a hundred megapixels neither freeze nor fill the memory. The model's own resize comes later and is ours.
 */
import { extname } from 'node:path';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { MAX_IMAGE_FILE_BYTES } from '../../models/file-limits';
import { LabError } from '../../models/lab-error';
import type { RgbaImage } from '../../models/runtime/types';
import { MAX_INPUT_PIXELS } from '../contract/run-schemas';
import { BMP, type FileKind, HEIC, SVG, sniff, withArticle } from './sniff';

export interface DecodedImage {
  readonly image: RgbaImage;
  readonly notes: readonly string[];
}

export { MAX_IMAGE_FILE_BYTES };

/** Above this a picture is refused even scaled: formats that do not stream would need gigabytes. */
const MAX_DECODED_PIXELS = 200_000_000;
const DECODE_SECONDS = 60;

// Nothing is read twice, so nothing need be kept.
sharp.cache(false);

/** `shown` names the file in sentences; its extension is compared with what the file is. */
export async function decodeImage(bytes: Uint8Array, shown: string): Promise<DecodedImage> {
  const kind = sniff(bytes);
  if (kind?.role !== 'image') throw noPicture(kind, bytes, shown);
  const claimed = pngSize(bytes);
  if (claimed) checkSize(claimed.width, claimed.height, shown);
  const source = (): Sharp => sharp(bytes, { limitInputPixels: false, sequentialRead: true, failOn: 'truncated', pages: 1 });
  const metadata = await source()
    .metadata()
    .catch((thrown) => {
      throw damaged(kind, shown, thrown);
    });
  // As it stands once it is turned, which comes before scaling.
  const { width, height } = metadata.autoOrient;
  checkSize(width, height, shown);
  const image = await decode(source(), width, height).catch((thrown) => {
    throw damaged(kind, shown, thrown);
  });
  return { image, notes: notesOn(kind, metadata, image, metadata.pages ?? pngFrames(bytes), shown) };
}

function checkSize(width: number, height: number, shown: string): void {
  if (width * height <= MAX_DECODED_PIXELS) return;
  throw new LabError(
    'image-too-large',
    `${shown} says it has ${size(width, height)} pixels; pictures up to ${MAX_DECODED_PIXELS / 1e6} megapixels are read.`,
    'Scale it down with another program first.',
  );
}

/** A PNG's first chunk; the decoder calls a size beyond its own limit damage, which says less. */
function pngSize(bytes: Uint8Array): { readonly width: number; readonly height: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 24 || view.getUint32(0) !== 0x89504e47) return null;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Frames an animated PNG says it has, in a chunk before its pixels that the decoder passes over; 1 of anything else. */
function pngFrames(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (pngSize(bytes) === null) return 1;
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === 'acTL') return view.getUint32(at + 8);
    if (type === 'IDAT') break;
  }
  return 1;
}

/** Sides of at most as many pixels as a run takes, of the same shape to a pixel; its own where it is small enough. */
export function keptSize(width: number, height: number): { readonly width: number; readonly height: number } {
  const factor = Math.min(1, Math.sqrt(MAX_INPUT_PIXELS / (width * height)));
  // A very long picture keeps a side of one pixel, and then the other is bounded by the pixels left.
  const scaled = (side: number): number => Math.min(MAX_INPUT_PIXELS, Math.max(1, Math.floor(side * factor)));
  return { width: scaled(width), height: scaled(height) };
}

async function decode(source: Sharp, width: number, height: number): Promise<RgbaImage> {
  const kept = keptSize(width, height);
  let pipeline = source.autoOrient();
  if (kept.width !== width || kept.height !== height) pipeline = pipeline.resize({ ...kept, fit: 'fill', fastShrinkOnLoad: true });
  const { data, info } = await pipeline
    .timeout({ seconds: DECODE_SECONDS })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
}

function notesOn(kind: FileKind, metadata: Metadata, image: RgbaImage, frames: number, shown: string): string[] {
  const notes: string[] = [];
  const extension = extname(shown).slice(1).toLowerCase();
  if (extension !== '' && !kind.extensions.includes(extension)) notes.push(`Its name ends in .${extension}, but it is ${kind.name}.`);
  if (frames > 1) notes.push(`It has ${frames} ${kind.name.endsWith('TIFF') ? 'pages' : 'frames'}; the first was read.`);
  const { width, height } = metadata.autoOrient;
  if (image.width !== width || image.height !== height) {
    notes.push(`${size(width, height)} pixels were scaled to ${size(image.width, image.height)} while decoding.`);
  }
  if (metadata.hasAlpha && hasTransparency(image)) notes.push('Transparent parts were put on white.');
  return notes;
}

function hasTransparency({ data }: RgbaImage): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return true;
  return false;
}

function size(width: number, height: number): string {
  return `${width.toLocaleString('en')} × ${height.toLocaleString('en')}`;
}

function noPicture(kind: FileKind | null, bytes: Uint8Array, shown: string): LabError {
  if (kind === SVG) {
    return new LabError('format-unsupported', `${shown} is an SVG drawing, which has no pixels of its own.`, 'Export it as PNG first.');
  }
  if (kind === HEIC) {
    return new LabError('format-unsupported', `${shown} is a HEIC picture, which cannot be decoded here.`, 'Save it as JPEG or PNG first.');
  }
  if (kind && /picture$|icon$/.test(kind.name)) {
    const hint = kind === BMP ? 'Save it as PNG, or open it in the window.' : 'Save it as PNG first.';
    return new LabError('format-unsupported', `${shown} is ${withArticle(kind)}, which the command line does not read.`, hint);
  }
  const claims = ['.png', '.jpg', '.jpeg', '.gif', '.webp', '.tif', '.tiff', '.avif'].includes(extname(shown).toLowerCase());
  if (kind === null && claims && bytes.length > 0) {
    return new LabError(
      'image-damaged',
      `${shown} is not a picture, whatever its name says.`,
      'Open a PNG, JPEG, WebP, GIF, TIFF or AVIF file.',
    );
  }
  const what = kind === null ? 'no picture' : `${withArticle(kind)}, not a picture`;
  return new LabError('format-unsupported', `${shown} is ${what}.`, 'Open a PNG, JPEG, WebP, GIF, TIFF or AVIF file.');
}

function damaged(kind: FileKind, shown: string, thrown: unknown): LabError {
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  if (/timeout/i.test(detail)) {
    return new LabError(
      'image-too-large',
      `${shown} took more than ${DECODE_SECONDS} seconds to decode.`,
      'Scale it down with another program first.',
      { detail },
    );
  }
  if (/pixel limit|too large|dimension|out of memory|allocate/i.test(detail)) {
    return new LabError(
      'image-too-large',
      `${shown} says it is larger than a ${kind.name} can be read here.`,
      'Scale it down with another program first.',
      { detail },
    );
  }
  return new LabError('image-damaged', `${shown} is a damaged or incomplete ${kind.name}.`, 'Get the file again, or choose another.', {
    detail,
    cause: thrown,
  });
}
