/** How a model wants its pictures: Hugging Face's `preprocessor_config.json` of a PerceiverImageProcessor, checked. */
import { z } from 'zod';
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

/** A model input larger than this is a mistake in the config, not a picture. */
const MAX_SIDE = 8192;
const side = z.number().int().min(1).max(MAX_SIDE);
const sizeSchema = z.union([z.object({ height: side, width: side }), side.transform((both): ImageSize => ({ height: both, width: both }))]);
const perChannel = z.union([
  z.tuple([z.number(), z.number(), z.number()]),
  z.number().transform((all): [number, number, number] => [all, all, all]),
]);
const positive = z.number().refine((value) => value > 0, 'must be above 0');

/** Defaults are PerceiverImageProcessor's: bicubic, ImageNet's mean and standard deviation, a crop of 224 / 256. */
const configSchema = z.object({
  do_center_crop: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  crop_size: sizeSchema.nullish(),
  do_resize: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  size: sizeSchema.nullish(),
  resample: z
    .number()
    .nullish()
    .transform((value) => value ?? 3),
  do_rescale: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  rescale_factor: positive.nullish().transform((value) => value ?? 1 / 255),
  do_normalize: z
    .boolean()
    .nullish()
    .transform((value) => value ?? true),
  image_mean: perChannel.nullish().transform((value) => value ?? ([0.485, 0.456, 0.406] as const)),
  image_std: perChannel
    .nullish()
    .transform((value) => value ?? ([0.229, 0.224, 0.225] as const))
    .refine((std) => std.every((value) => value > 0), 'must be above 0'),
});

const DEFAULT_CROP_RATIO = 256 / 224;

function invalid(what: string, detail?: string): LabError {
  return new LabError(
    'config-invalid',
    `The model’s preprocessor_config.json does not say how to prepare a picture: ${what}.`,
    'Take the file from the place the model came from, or remove it to use Perceiver’s own settings.',
    detail === undefined ? {} : { detail },
  );
}

/**
 * Reads `preprocessor_config.json` (null: the model has none). `fallbackSize`, the model's own picture size, stands in
 * where the file names no `size`; the crop then keeps PerceiverImageProcessor's share of 224 / 256.
 * Throws `config-invalid`.
 */
export function parseImageSettings(preprocessorConfig: unknown, fallbackSize: ImageSize | number): ImageSettings {
  const parsed = configSchema.safeParse(preprocessorConfig ?? {});
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(issue ? `${issue.path.join('.') || 'the file'}: ${issue.message}` : 'it cannot be read', parsed.error.message);
  }
  const config = parsed.data;
  const filter = FILTER_BY_NUMBER[config.resample];
  if (!filter) throw invalid(`resample ${config.resample} is not one of 1 (Lanczos), 2 (bilinear) and 3 (bicubic)`);
  const fallback = typeof fallbackSize === 'number' ? { height: fallbackSize, width: fallbackSize } : fallbackSize;
  const size = config.size ?? fallback;
  const cropSize = config.crop_size ?? { height: size.height * DEFAULT_CROP_RATIO, width: size.width * DEFAULT_CROP_RATIO };
  return {
    crop: config.do_center_crop ? { size, cropSize } : null,
    resize: config.do_resize ? { size, filter } : null,
    rescaleFactor: config.do_rescale ? config.rescale_factor : null,
    normalize: config.do_normalize ? { mean: [...config.image_mean], std: [...config.image_std] } : null,
  };
}
