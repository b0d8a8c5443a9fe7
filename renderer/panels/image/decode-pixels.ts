/** From the bytes of a picture file to pixels, with the decoders Chromium has. Runs in a worker. */
import type { RgbaImage } from '../../../models/runtime/types';
import { type CheckedImage, checkImageFile, damaged, imageNotes, keptSize } from './check-image-file';
import { hasOnlyGamma } from './image-header';

export interface DecodedImage {
  readonly image: RgbaImage;
  /** What was dropped, scaled or guessed, as sentences. */
  readonly notes: readonly string[];
}

/** Formats that may hold more than one frame. */
const FRAMED = ['png', 'gif', 'webp', 'avif'];

/**
 * Decodes the first frame, turned as EXIF says, colours in sRGB, alpha kept.
 * @throws LabError `file-empty`, `file-too-large`, `format-unsupported`, `image-damaged`, `image-too-large`
 */
export async function decodeInWorker(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<DecodedImage> {
  const checked = checkImageFile(bytes, name);
  try {
    const frames = FRAMED.includes(checked.format) ? await countFrames(bytes, checked) : 1;
    const { image, width, height, transparent } = await decodeBitmap(bytes, checked);
    return { image, notes: imageNotes({ ...checked, width, height }, name, frames, transparent) };
  } catch (thrown) {
    // Decoders answer with these for bytes they cannot make sense of; anything else is not about the file.
    if (thrown instanceof DOMException && ['InvalidStateError', 'EncodingError', 'DataError'].includes(thrown.name)) {
      throw damaged(bytes, checked.format, name, thrown.message);
    }
    throw thrown;
  }
}

async function countFrames(bytes: Uint8Array<ArrayBuffer>, checked: CheckedImage): Promise<number> {
  const decoder = new ImageDecoder({ data: bytes, type: checked.mediaType });
  try {
    await decoder.tracks.ready;
    await decoder.completed;
    const frames = decoder.tracks.selectedTrack?.frameCount ?? 0;
    if (frames === 0) throw new DOMException('The file holds no frame.', 'InvalidStateError');
    return frames;
  } finally {
    decoder.close();
  }
}

/** Pixels at the size that is kept, and the size before that. */
async function decodeBitmap(
  bytes: Uint8Array<ArrayBuffer>,
  checked: CheckedImage,
): Promise<{ image: RgbaImage; width: number; height: number; transparent: boolean }> {
  const whole = await createImageBitmap(new Blob([bytes], { type: checked.mediaType }), {
    // Not multiplied with alpha: colours of transparent pixels are part of what a model reads.
    premultiplyAlpha: 'none',
    colorSpaceConversion: checked.format === 'png' && hasOnlyGamma(bytes) ? 'none' : 'default',
  });
  // EXIF may have turned the picture, so its own sides count from here on.
  const { width, height } = whole;
  const kept = keptSize(width, height);
  const scaled = kept.width !== width || kept.height !== height;
  const options: ImageBitmapOptions = {
    resizeWidth: kept.width,
    resizeHeight: kept.height,
    resizeQuality: 'medium',
    premultiplyAlpha: 'none',
  };
  const bitmap = scaled ? await createImageBitmap(whole, options) : whole;
  if (scaled) whole.close();
  try {
    const drawn = readThroughCanvas(bitmap);
    const transparent = !isOpaque(drawn);
    const data = transparent ? (readThroughWebGl(bitmap) ?? drawn) : drawn;
    return { image: { width: bitmap.width, height: bitmap.height, data }, width, height, transparent };
  } finally {
    bitmap.close();
  }
}

function readThroughCanvas(bitmap: ImageBitmap): Uint8ClampedArray {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
  if (!context) throw new RangeError(`no canvas of ${bitmap.width} × ${bitmap.height}`);
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
}

function isOpaque(data: Uint8ClampedArray): boolean {
  for (let offset = 3; offset < data.length; offset += 4) if (data[offset] !== 255) return false;
  return true;
}

/**
 * A 2D canvas keeps colours multiplied with alpha and rounds those of transparent pixels; a texture does not.
 * Null where WebGL is missing or the picture is larger than its textures; the rounded colours are used then.
 */
function readThroughWebGl(bitmap: ImageBitmap): Uint8Array | null {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!gl) return null;
  try {
    if (Math.max(bitmap.width, bitmap.height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) return null;
    gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, false);
    gl.pixelStorei(gl.UNPACK_COLORSPACE_CONVERSION_WEBGL, gl.NONE);
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
    gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    if (gl.checkFramebufferStatus(gl.FRAMEBUFFER) !== gl.FRAMEBUFFER_COMPLETE) return null;
    const data = new Uint8Array(bitmap.width * bitmap.height * 4);
    gl.readPixels(0, 0, bitmap.width, bitmap.height, gl.RGBA, gl.UNSIGNED_BYTE, data);
    return gl.getError() === gl.NO_ERROR ? data : null;
  } finally {
    gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}
