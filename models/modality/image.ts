/** Pictures: an 8-bit RGBA picture becomes [3, H, W] values, logits become named classes. */
import { LabError } from '../lab-error';
import type { RgbaImage, RunOutput, ShownInput } from '../runtime/types';
import type { Tensor } from '../tensor';
import type { ImageSettings } from './image-settings';
import { type RgbImage, resize } from './resize';
import { softmax } from './softmax';

export { DEFAULT_SIDE, type ImageSettings, type ImageSize, MAX_PIXELS, parseImageSettings } from './image-settings';

export interface PreparedImage {
  /** [3, H, W]: red, green, blue planes. */
  readonly pixelValues: Tensor;
  readonly shown: Extract<ShownInput, { kind: 'image' }>;
}

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The model reads no transparency: what is transparent is seen on white, as on a page. */
const BACKGROUND = 255;

/**
 * PerceiverImageProcessor (PIL backend): centre crop to int(size / cropSize × shorter side) per axis, resize, × rescale
 * factor, (v − mean) / std. A crop larger than the picture is padded with zeros (its rectangle then reaches outside); a
 * crop of less than one pixel takes one. Alpha is composited on white first. Throws `input-invalid`.
 */
export function preprocessImage(image: RgbaImage, settings: ImageSettings): PreparedImage {
  const { width, height } = image;
  const sound = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!sound || image.data.length !== width * height * 4) {
    throw new LabError(
      'input-invalid',
      `A picture of ${width} × ${height} pixels does not come with ${image.data.length} bytes.`,
      'Open the picture again.',
    );
  }
  const crop = cropRectangle(image, settings);
  const cropped = cropOnWhite(image, crop);
  const target = settings.resize;
  const read = target ? resize(cropped, target.size.width, target.size.height, target.filter) : cropped;
  return {
    pixelValues: normalised(read, settings),
    shown: { kind: 'image', image: withAlpha(read), crop, originalWidth: width, originalHeight: height },
  };
}

function cropRectangle(image: RgbaImage, settings: ImageSettings): Rectangle {
  if (!settings.crop) return { x: 0, y: 0, width: image.width, height: image.height };
  const { size, cropSize } = settings.crop;
  const shorter = Math.min(image.width, image.height);
  const width = Math.max(1, Math.trunc((size.width / cropSize.width) * shorter));
  const height = Math.max(1, Math.trunc((size.height / cropSize.height) * shorter));
  return { x: Math.floor((image.width - width) / 2), y: Math.floor((image.height - height) / 2), width, height };
}

function cropOnWhite(image: RgbaImage, crop: Rectangle): RgbImage {
  const data = new Uint8Array(crop.width * crop.height * 3);
  const firstColumn = Math.max(0, -crop.x);
  const lastColumn = Math.min(crop.width, image.width - crop.x);
  for (let y = Math.max(0, -crop.y); y < Math.min(crop.height, image.height - crop.y); y++) {
    let from = ((crop.y + y) * image.width + crop.x + firstColumn) * 4;
    let to = (y * crop.width + firstColumn) * 3;
    for (let x = firstColumn; x < lastColumn; x++) {
      const alpha = image.data[from + 3]!;
      if (alpha === 255) {
        data[to] = image.data[from]!;
        data[to + 1] = image.data[from + 1]!;
        data[to + 2] = image.data[from + 2]!;
      } else {
        for (let channel = 0; channel < 3; channel++) data[to + channel] = onWhite(image.data[from + channel]!, alpha);
      }
      from += 4;
      to += 3;
    }
  }
  return { width: crop.width, height: crop.height, data };
}

function onWhite(value: number, alpha: number): number {
  return Math.round((value * alpha + BACKGROUND * (255 - alpha)) / 255);
}

/** In float32 at every step, as numpy computes it there. */
function normalised(image: RgbImage, settings: ImageSettings): Tensor {
  const pixels = image.width * image.height;
  const data = new Float32Array(3 * pixels);
  for (let channel = 0; channel < 3; channel++) {
    const values = valueTable(channel, settings);
    for (let pixel = 0; pixel < pixels; pixel++) data[channel * pixels + pixel] = values[image.data[pixel * 3 + channel]!]!;
  }
  return { data, shape: [3, image.height, image.width] };
}

function valueTable(channel: number, { rescaleFactor, normalize }: ImageSettings): Float32Array {
  return Float32Array.from({ length: 256 }, (_, level) => {
    const value = Math.fround(rescaleFactor === null ? level : level * rescaleFactor);
    if (!normalize) return value;
    return Math.fround(value - Math.fround(normalize.mean[channel]!)) / Math.fround(normalize.std[channel]!);
  });
}

function withAlpha(image: RgbImage): RgbaImage {
  const data = new Uint8Array(image.width * image.height * 4).fill(255);
  for (let pixel = 0; pixel < image.width * image.height; pixel++) {
    for (let channel = 0; channel < 3; channel++) data[pixel * 4 + channel] = image.data[pixel * 3 + channel]!;
  }
  return { width: image.width, height: image.height, data };
}

/**
 * Logits [classes] to every class with its probability, most probable first; of equal ones the lower index. A class
 * without a name is called as Hugging Face calls it, `LABEL_7`.
 */
export function readClasses(logits: Float32Array, labels: readonly string[]): Extract<RunOutput, { kind: 'classes' }> {
  const probabilities = softmax(logits);
  const classes = Array.from(probabilities, (probability, index) => ({ label: labels[index] ?? `LABEL_${index}`, index, probability }));
  classes.sort((a, b) => b.probability - a.probability || a.index - b.index);
  return { kind: 'classes', classes };
}
