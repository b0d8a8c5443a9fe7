/** What a file is by its first bytes. A name may lie; these do not. */

export interface FileKind {
  /** `image`: sharp decodes it. `known`: recognised, but neither a picture we read nor text. */
  readonly role: 'image' | 'known';
  /** As a sentence names it. */
  readonly name: string;
  /** Extensions that say the same. */
  readonly extensions: readonly string[];
}

const image = (name: string, ...extensions: string[]): FileKind => ({ role: 'image', name, extensions });
const known = (name: string, ...extensions: string[]): FileKind => ({ role: 'known', name, extensions });

export const SVG = known('SVG drawing', 'svg');
export const HEIC = known('HEIC picture', 'heic', 'heif');
export const BMP = known('BMP picture', 'bmp');

/** Offset and bytes (ASCII) that tell a format. */
const SIGNATURES: readonly (readonly [number, string, FileKind])[] = [
  [0, '\x89PNG\r\n\x1a\n', image('PNG', 'png', 'apng')],
  [0, '\xff\xd8\xff', image('JPEG', 'jpg', 'jpeg', 'jpe', 'jfif')],
  [0, 'GIF87a', image('GIF', 'gif')],
  [0, 'GIF89a', image('GIF', 'gif')],
  [8, 'WEBP', image('WebP', 'webp')],
  [0, 'II*\0', image('TIFF', 'tif', 'tiff')],
  [0, 'MM\0*', image('TIFF', 'tif', 'tiff')],
  [0, 'II+\0', image('BigTIFF', 'tif', 'tiff')],
  [0, 'MM\0+', image('BigTIFF', 'tif', 'tiff')],
  [8, 'WAVE', known('WAV sound', 'wav')],
  [0, 'fLaC', known('FLAC sound', 'flac')],
  [0, 'OggS', known('Ogg file', 'ogg', 'oga', 'ogv', 'opus')],
  [0, 'ID3', known('MP3 sound', 'mp3')],
  [0, '\x1aE\xdf\xa3', known('WebM or Matroska video', 'webm', 'mkv')],
  [0, '%PDF-', known('PDF document', 'pdf')],
  [0, 'PK\x03\x04', known('zip archive', 'zip', 'docx', 'xlsx', 'odt', 'epub')],
  [0, '\x1f\x8b', known('gzip archive', 'gz', 'tgz')],
  [0, 'PIEH', known('flow field', 'flo')],
  [0, '\xff\x0a', known('JPEG XL picture', 'jxl')],
  [0, '\0\0\0\x0cJXL ', known('JPEG XL picture', 'jxl')],
  [0, '\0\0\0\x0cjP  ', known('JPEG 2000 picture', 'jp2')],
  [0, '\0\0\x01\0', known('icon', 'ico')],
  [0, '8BPS', known('Photoshop document', 'psd')],
];

/** ISO base media brands: pictures by their major brand, anything else is a video or a sound. */
const BRANDS: Readonly<Record<string, FileKind>> = {
  avif: image('AVIF', 'avif'),
  avis: image('AVIF', 'avif'),
  heic: HEIC,
  heix: HEIC,
  hevc: HEIC,
  heim: HEIC,
  heis: HEIC,
  msf1: HEIC,
  'M4A ': known('M4A sound', 'm4a'),
};

/** Bytes of a file that are looked at. */
export const SNIFF_BYTES = 1024;

export function sniff(bytes: Uint8Array): FileKind | null {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SNIFF_BYTES)).toString('latin1');
  if (start.startsWith('BM') && bytes.length >= 18 && bmpHeader(bytes)) return BMP;
  if (start.slice(4, 8) === 'ftyp') return mediaBrand(start);
  const found = SIGNATURES.find(([offset, signature]) => start.startsWith(signature, offset));
  if (found) return found[2];
  return isSvg(start) ? SVG : null;
}

/** Two letters are not enough: the size of a BMP's second header is one of a few. */
function bmpHeader(bytes: Uint8Array): boolean {
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(14, true);
  return [12, 40, 52, 56, 64, 108, 124].includes(size);
}

/** HEIF's neutral brands (mif1) leave it to the compatible ones which picture is inside. */
function mediaBrand(start: string): FileKind {
  const major = BRANDS[start.slice(8, 12)];
  if (major) return major;
  const compatible = start.slice(16, 64);
  if (compatible.includes('avif')) return BRANDS.avif ?? HEIC;
  return /hei[cxms]|hevc/.test(compatible) ? HEIC : known('MP4 video', 'mp4', 'm4v', 'mov');
}

/** "an SVG drawing", "a WAV sound": by how the name is spoken. */
export function withArticle({ name }: FileKind): string {
  return /^(?:[AEIOi]|SVG|MP\d|M4A)/.test(name) ? `an ${name}` : `a ${name}`;
}

/**
 * Whether an `svg` element comes first, after a byte order mark, an XML declaration, comments and a document type. Piece by
 * piece: one pattern for all of it backtracks without end on comments that lead to no element.
 */
function isSvg(start: string): boolean {
  const prolog = /\s+|<\?[^>]*>|<!--[\s\S]*?-->|<!DOCTYPE\s[^>]*>/iy;
  prolog.lastIndex = start.startsWith('\xef\xbb\xbf') ? 3 : 0;
  let at = prolog.lastIndex;
  while (prolog.test(start)) at = prolog.lastIndex;
  return /^<svg[\s>]/i.test(start.slice(at, at + 5));
}
