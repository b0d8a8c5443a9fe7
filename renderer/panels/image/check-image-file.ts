/** Turns down picture files that cannot or must not be decoded, with a sentence for people, before memory is asked for. */
import { MAX_IMAGE_FILE_BYTES } from '../../../models/file-limits';
import { LabError } from '../../../models/lab-error';
import { formatCount } from '../../app/format';
import { DECODED_FORMATS, FORMAT_NAMES, type ImageFormat, type ImageHeader, isCutOff, readImageHeader } from './image-header';

/**
 * Pixels kept of a picture, as many as a run takes (`MAX_INPUT_PIXELS` of the contract, whose schemas a worker need not load).
 * Larger ones are scaled while they are decoded.
 */
export const KEPT_PIXELS = 16_777_216;
/** Pixels a picture may claim at most: 800 MB while it is decoded. */
export const CLAIMED_PIXELS = 200_000_000;

export interface CheckedImage {
  readonly format: ImageFormat;
  readonly mediaType: string;
  readonly width: number;
  readonly height: number;
}

const OPENS = 'Open a PNG, JPEG, WebP, GIF, BMP or AVIF picture instead.';

const PICTURE_NAME = /\.(png|jpe?g|jfif|gif|webp|bmp|avif)$/i;

const HINTS: Partial<Record<ImageFormat, string>> = {
  heic: 'Save it as JPEG or PNG and open it again.',
  tiff: 'Save it as PNG and open it again.',
  svg: 'Save the drawing as PNG and open it again.',
  pdf: 'Save the page as PNG and open it again.',
  jxl: 'Save it as JPEG or PNG and open it again.',
  psd: 'Save it as PNG and open it again.',
};

/** Refuses a picture by the size of its file, before it is read. Throws `file-empty`, `file-too-large`. */
export function checkImageSize(size: number, name: string): void {
  if (size === 0) throw new LabError('file-empty', `${name} is empty: 0 bytes.`, 'Choose another file, or copy this one again.');
  if (size <= MAX_IMAGE_FILE_BYTES) return;
  throw new LabError(
    'file-too-large',
    `${name} is ${formatCount(Math.round(size / 1e6))} MB; pictures of up to ${formatCount(Math.round(MAX_IMAGE_FILE_BYTES / 1e6))} MB are opened.`,
    'Save it smaller and open it again.',
  );
}

/**
 * Format and size of a picture that may be decoded.
 * @throws LabError `file-empty`, `file-too-large`, `format-unsupported`, `image-damaged`, `image-too-large`
 */
export function checkImageFile(bytes: Uint8Array, name: string): CheckedImage {
  checkImageSize(bytes.length, name);
  const header = readImageHeader(bytes);
  if (!header) {
    if (PICTURE_NAME.test(name)) throw new LabError('image-damaged', `${name} is not a picture, whatever its name says.`, OPENS);
    throw new LabError('format-unsupported', `${name} is not a picture in a format this app knows.`, OPENS);
  }
  const mediaType = DECODED_FORMATS[header.format];
  if (!mediaType) {
    throw new LabError(
      'format-unsupported',
      `${name} is ${article(header)} file, which this app cannot decode.`,
      HINTS[header.format] ?? OPENS,
    );
  }
  if (!header.size) throw damaged(bytes, header.format, name);
  const { width, height } = header.size;
  if (width === 0 || height === 0) {
    throw new LabError(
      'image-damaged',
      `${name} says that it is ${formatCount(width)} × ${formatCount(height)} pixels, so it holds no picture.`,
      OPENS,
    );
  }
  if (width * height > CLAIMED_PIXELS) {
    throw new LabError(
      'image-too-large',
      `${name} says that it is ${formatCount(width)} × ${formatCount(height)} pixels; up to 200 million are opened.`,
      'Save it smaller and open it again.',
    );
  }
  return { format: header.format, mediaType, width, height };
}

/** The sentence for a file that a decoder gave up on. */
export function damaged(bytes: Uint8Array, format: ImageFormat, name: string, detail?: string): LabError {
  const what = isCutOff(bytes, format)
    ? `${name} is cut off: it ends before its ${FORMAT_NAMES[format]} picture does.`
    : `${name} is damaged: its ${FORMAT_NAMES[format]} data cannot be decoded.`;
  return new LabError(
    'image-damaged',
    what,
    'Copy or download the file again, or choose another picture.',
    detail === undefined ? {} : { detail },
  );
}

/** The size a picture is scaled to while decoding; its own where it is small enough. Shape is kept, sides are at least 1. */
export function keptSize(width: number, height: number): { width: number; height: number } {
  if (width * height <= KEPT_PIXELS) return { width, height };
  const scale = Math.sqrt(KEPT_PIXELS / (width * height));
  // A very long picture keeps a side of one pixel, and then the other is bounded by the pixels left.
  const keptHeight = Math.max(1, Math.floor(height * scale));
  const keptWidth = Math.max(1, Math.min(Math.floor(width * scale), Math.floor(KEPT_PIXELS / keptHeight)));
  return { width: keptWidth, height: Math.min(keptHeight, Math.floor(KEPT_PIXELS / keptWidth)) };
}

/** What a person should know about how the file was read: another format than its name says, one frame of many, scaled, put on white. */
export function imageNotes(checked: CheckedImage, name: string, frames: number, transparent: boolean): string[] {
  const notes: string[] = [];
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
  const named = ending === 'jpg' || ending === 'jfif' ? 'jpeg' : ending;
  if (named && named in FORMAT_NAMES && named !== checked.format) {
    notes.push(`${name} holds a ${FORMAT_NAMES[checked.format]} picture, whatever its name says.`);
  }
  if (frames > 1) notes.push(`${name} is animated: the first of its ${formatCount(frames)} frames is used.`);
  const kept = keptSize(checked.width, checked.height);
  if (kept.width !== checked.width || kept.height !== checked.height) {
    notes.push(
      `Scaled from ${formatCount(checked.width)} × ${formatCount(checked.height)} to ${formatCount(kept.width)} × ${formatCount(kept.height)} pixels while opening.`,
    );
  }
  if (transparent) notes.push('Transparent parts are put on white.');
  return notes;
}

const article = (header: ImageHeader): string => `${header.format === 'svg' ? 'an' : 'a'} ${FORMAT_NAMES[header.format]}`;
