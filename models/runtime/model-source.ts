/** A model as the runtime is handed it: small JSON files as text, weights by ranges. Paths stay with whoever hands it. */
import type { ByteSource } from '../checkpoint/byte-source';
import { readSafetensorsHeader, type Safetensors } from '../checkpoint/safetensors';
import { LabError } from '../lab-error';
import { DEFAULT_SIDE, type ImageSettings, parseImageSettings } from '../modality/image';
import type { PerceiverConfig } from '../perceiver/config';
import { convolvedSide } from '../perceiver/heads/image';
import { checkLayerCount, checkParameters, expectedParameters } from '../perceiver/parameters';
import { decoderShape, inputChannels, parseConfig } from '../perceiver/widths';
import { elementCount } from '../tensor';
import type { InputLayout, ModelInfo, ModelShape } from './types';

export const WEIGHTS_FILE = 'model.safetensors';

export interface ModelSource {
  readonly id: string;
  /** Text of `config.json` and its like; null where there is no such file. */
  readText(file: string): Promise<string | null>;
  readonly weights: ByteSource;
}

export interface ReadModel {
  readonly config: PerceiverConfig;
  readonly shape: ModelShape;
  /** null where there is no modality yet whose files it could read: it runs in raw mode. */
  readonly info: ModelInfo | null;
  readonly header: Safetensors;
  readonly imageSettings: ImageSettings | null;
}

/** Reads config and the header of the weights and holds them against each other; no weight is read. */
export async function readModel(source: ModelSource): Promise<ReadModel> {
  const text = await source.readText('config.json');
  if (text === null) {
    throw new LabError(
      'checkpoint-missing',
      'There is no config.json beside the weights.',
      'Choose a folder with config.json and model.safetensors.',
    );
  }
  const config = parseConfig(text);
  const header = await readSafetensorsHeader(source.weights, WEIGHTS_FILE);
  checkLayerCount(header, config);
  checkParameters(header, expectedParameters(config));
  const imageSettings = PICTURE_HEADS.has(config.architecture) ? await readImageSettings(source, config) : null;
  const shape = modelShape(config, header, source.weights.size);
  return { config, header, imageSettings, shape, info: modelInfo(config, shape, imageSettings) };
}

const PICTURE_HEADS: ReadonlySet<string> = new Set([
  'PerceiverForImageClassificationLearned',
  'PerceiverForImageClassificationFourier',
  'PerceiverForImageClassificationConvProcessing',
]);

async function readImageSettings(source: ModelSource, config: PerceiverConfig): Promise<ImageSettings> {
  const text = await source.readText('preprocessor_config.json');
  let json: unknown = null;
  try {
    if (text !== null) json = JSON.parse(text);
  } catch (cause) {
    throw new LabError('config-invalid', 'preprocessor_config.json is not JSON.', 'Get the file again.', { cause });
  }
  return parseImageSettings(json, pictureSide(config));
}

/** A table of learned positions ties a model to a size; nothing else in transformers uses `image_size`. */
function pictureSide(config: PerceiverConfig): number {
  return config.architecture === 'PerceiverForImageClassificationLearned' ? config.image_size : DEFAULT_SIDE;
}

/** Rejects with `model-unsupported` where no kind of file goes with the head. */
export async function readModelInfo(source: ModelSource): Promise<ModelInfo> {
  return runnable(await readModel(source));
}

/** What is known of a model that can be run on files. Throws `model-unsupported` where its head reads none that there are here. */
export function runnable({ config, info }: Pick<ReadModel, 'config' | 'info'>): ModelInfo {
  if (info) return info;
  throw new LabError(
    'model-unsupported',
    `${config.architecture} reads neither pictures nor texts, so no file can be run through it here.`,
    'Give it tensors with the command line’s raw mode (docs/cli.md).',
  );
}

function modelShape(config: PerceiverConfig, header: Safetensors, weightBytes: number): ModelShape {
  const entries = [...header.tensors.values()];
  return {
    architecture: config.architecture,
    latents: config.num_latents,
    latentChannels: config.d_latents,
    blocks: config.num_blocks,
    layersPerBlock: config.num_self_attends_per_block,
    encoderHeads: config.num_cross_attention_heads,
    layerHeads: config.num_self_attention_heads,
    decoderHeads: decoderShape(config)?.heads ?? 0,
    inputChannels: inputChannels(config),
    parameters: entries.reduce((sum, entry) => sum + elementCount(entry.shape), 0),
    weightBytes,
    weightType: storedType(entries),
    labels: config.architecture === 'PerceiverForMaskedLM' ? [] : config.labels,
  };
}

function modelInfo(config: PerceiverConfig, shape: ModelShape, image: ImageSettings | null): ModelInfo | null {
  const classes = { queries: 1, outputs: config.labels.length };
  const length = config.max_position_embeddings;
  const text = { ...shape, modality: 'text', inputRows: length, layout: { kind: 'sequence', length } } as const;
  if (config.architecture === 'PerceiverForMaskedLM') return { ...text, task: 'masked-lm', queries: length, outputs: config.vocab_size };
  if (config.architecture === 'PerceiverForSequenceClassification') return { ...text, ...classes, task: 'text-classification' };
  if (!image) return null;
  // Without a resize every picture has a size of its own; this is the one to expect.
  const side = { height: pictureSide(config), width: pictureSide(config) };
  const layout = gridOf(config, image.resize?.size ?? side);
  return { ...shape, ...classes, task: 'image-classification', modality: 'image', inputRows: layout.height * layout.width, layout };
}

/** Rows and columns of input rows over a picture. */
export function gridOf({ architecture }: PerceiverConfig, { height, width }: { readonly height: number; readonly width: number }) {
  const side = architecture === 'PerceiverForImageClassificationConvProcessing' ? convolvedSide : (pixels: number) => pixels;
  return { kind: 'grid', height: side(height), width: side(width) } as const satisfies InputLayout;
}

/** The type most bytes are stored in. */
function storedType(entries: readonly { dtype: string; length: number }[]): ModelInfo['weightType'] {
  const bytes = { F32: 0, F16: 0, BF16: 0 };
  for (const entry of entries) if (Object.hasOwn(bytes, entry.dtype)) bytes[entry.dtype as keyof typeof bytes] += entry.length;
  return (Object.entries(bytes).sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'F32') as ModelInfo['weightType'];
}
