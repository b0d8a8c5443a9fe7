/** How a model wants its pictures: Hugging Face's `preprocessor_config.json` of a PerceiverImageProcessor, checked. */
import { z } from 'zod';
import { MAX_SIDE, sentenceOf, wholeNumber } from '../json-fields';
import { LabError } from '../lab-error';
import type { FilterName } from './resize';

/** Pixels. */
export interface ImageSize {
  readonly height: number;
  readonly width: number;
}

/** A picture's way into a model: crop, resize, rescale, normalise; null leaves that step out. */
export interface ImageSettings {
  /** The centre crop keeps size / cropSize × the shorter side, per axis. */
  readonly crop: { readonly size: ImageSize; readonly cropSize: ImageSize } | null;
  readonly resize: { readonly size: ImageSize; readonly filter: FilterName } | null;
  /** Pixel values 0 to 255 are multiplied by this. */
  readonly rescaleFactor: number | null;
  /** Per channel, in rescaled units: (v − mean) / std. */
  readonly normalize: { readonly mean: readonly [number, number, number]; readonly std: readonly [number, number, number] } | null;
}

/** Pillow's numbers of the filters we have. */
const FILTER_BY_NUMBER: Readonly<Record<number, FilterName>> = { 1: 'lanczos', 2: 'bilinear', 3: 'bicubic' };

const wrongSide = wholeNumber(MAX_SIDE);
const side = z.number(wrongSide).int(wrongSide).min(1, wrongSide).max(MAX_SIDE, wrongSide);
const sizeSchema = z.union(
  [z.object({ height: side, width: side }), side.transform((both): ImageSize => ({ height: both, width: both }))],
  `should be a side or a height and a width, each a whole number from 1 to ${MAX_SIDE.toLocaleString('en')}`,
);
const number = z.number('should be a number');
const perChannel = z.union(
  [z.tuple([number, number, number]), number.transform((all): [number, number, number] => [all, all, all])],
  'should be a number or three',
);
const positive = number.refine((value) => value > 0, 'should be above 0');
const switchedOn = z
  .boolean('should be true or false')
  .nullish()
  .transform((value) => value ?? true);
/** PerceiverImageProcessor's, whatever `image_size` of config.json and `size` are. */
const sized = (fallback: number) => sizeSchema.nullish().transform((value) => value ?? { height: fallback, width: fallback });

/** Defaults are PerceiverImageProcessor's: bicubic, ImageNet's mean and standard deviation, a crop of 224 / 256. */
const configSchema = z.object(
  {
    do_center_crop: switchedOn,
    crop_size: sized(256),
    do_resize: switchedOn,
    size: sizeSchema.nullish(),
    resample: number.nullish().transform((value) => value ?? 3),
    do_rescale: switchedOn,
    rescale_factor: positive.nullish().transform((value) => value ?? 1 / 255),
    do_normalize: switchedOn,
    image_mean: perChannel.nullish().transform((value) => value ?? ([0.485, 0.456, 0.406] as const)),
    image_std: perChannel
      .nullish()
      .transform((value) => value ?? ([0.229, 0.224, 0.225] as const))
      .refine((std) => std.every((value) => value > 0), 'should be above 0'),
  },
  'should be an object',
);

/** PerceiverImageProcessor's `size`. */
export const DEFAULT_SIDE = 224;

/** Input rows are pixels: with more of them their positions alone take more than a gigabyte. */
export const MAX_PIXELS = 1024 * 1024;

function invalid(what: string, detail?: string): LabError {
  return new LabError(
    'config-invalid',
    `The model’s preprocessor_config.json does not say how to prepare a picture: ${what}.`,
    'Take the file from the place the model came from, or remove it to use Perceiver’s own settings.',
    detail === undefined ? {} : { detail },
  );
}

/**
 * Reads `preprocessor_config.json` (null: the model has none). `fallbackSide`, PerceiverImageProcessor's or the only one the
 * model can read, stands in where the file names no `size`. Throws `config-invalid`.
 */
export function parseImageSettings(preprocessorConfig: unknown, fallbackSide: number): ImageSettings {
  const json = preprocessorConfig ?? {};
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) throw invalid(sentenceOf(parsed.error, json), parsed.error.message);
  const config = parsed.data;
  const filter = FILTER_BY_NUMBER[config.resample];
  if (!filter) throw invalid(`resample ${config.resample} is not one of 1 (Lanczos), 2 (bilinear) and 3 (bicubic)`);
  const size = config.size ?? { height: fallbackSide, width: fallbackSide };
  if (size.height * size.width > MAX_PIXELS) {
    throw invalid(`its “size” is ${size.height} × ${size.width}; a model reads at most ${MAX_PIXELS.toLocaleString('en')} pixels`);
  }
  return {
    crop: config.do_center_crop ? { size, cropSize: config.crop_size } : null,
    resize: config.do_resize ? { size, filter } : null,
    rescaleFactor: config.do_rescale ? config.rescale_factor : null,
    normalize: config.do_normalize ? { mean: [...config.image_mean], std: [...config.image_std] } : null,
  };
}
