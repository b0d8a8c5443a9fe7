/**
 * A dropped, opened or pasted file, as a picture or a text. A file is what its first bytes say; only where they say nothing
 * do media type and name decide. Nothing is read whole before its size is known to be bearable.
 */
import { MAX_TEXT_FILE_BYTES } from '../../models/file-limits';
import { LabError } from '../../models/lab-error';
import { checkTextSize, decodeTextFile } from '../../models/modality/text-file';
import type { RgbaImage } from '../../models/runtime/types';
import { decodeImageFile } from './image/decode-image-file';
import { readImageHeader } from './image/image-header';

export type DecodedFile =
  | { readonly kind: 'image'; readonly image: RgbaImage; readonly notes: readonly string[] }
  | { readonly kind: 'text'; readonly bytes: Uint8Array; readonly notes: readonly string[] };

const PICTURE_NAME = /\.(png|jpe?g|jfif|gif|webp|avif|bmp|svg|heic|heif|tiff?|ico|jxl|psd)$/i;
/** Enough for every signature, and for the start of an AVIF's boxes. */
const LOOKED_AT = 4096;

/**
 * @throws LabError what `decodeImageFile` throws, `text-binary`, and `format-unsupported` for sound and video
 */
export async function decodeFile(
  file: Blob,
  name: string,
  { modality, signal }: { readonly modality?: 'image' | 'text'; readonly signal: AbortSignal },
): Promise<DecodedFile> {
  if ((modality ?? (await kindOf(file, name))) === 'image') return { kind: 'image', ...(await decodeImageFile(file, name, signal)) };
  checkTextSize(file.size, name, MAX_TEXT_FILE_BYTES);
  const bytes = new Uint8Array(await file.arrayBuffer().catch(unreadable(name)));
  return { kind: 'text', ...decodeTextFile(bytes, name, { maxBytes: MAX_TEXT_FILE_BYTES }) };
}

/** What a file is to be opened as. Throws `format-unsupported` for sound and video, which nothing here reads. */
export async function kindOf(file: Blob, name: string): Promise<'image' | 'text'> {
  const start = new Uint8Array(await file.slice(0, LOOKED_AT).arrayBuffer().catch(unreadable(name)));
  if (beginsLikePicture(start) || file.type.startsWith('image/') || PICTURE_NAME.test(name)) return 'image';
  if (!/^(audio|video)\//.test(file.type)) return 'text';
  throw new LabError(
    'format-unsupported',
    `${name} is sound or video; the models here read pictures and text.`,
    'Open a picture or a text.',
  );
}

/** An SVG drawing is text as well, and "BM" may begin a word: the size of a BMP's second header is one of a few. */
function beginsLikePicture(start: Uint8Array): boolean {
  const format = readImageHeader(start)?.format;
  if (format === 'bmp') return [12, 40, 52, 56, 64, 108, 124].includes(new DataView(start.buffer).getUint32(14, true));
  return format !== undefined && format !== 'svg';
}

function unreadable(name: string): (thrown: unknown) => never {
  return (thrown) => {
    throw new LabError('file-unreadable', `${name} cannot be read.`, 'Check that the file is still there and that you may read it.', {
      detail: String(thrown),
    });
  };
}
