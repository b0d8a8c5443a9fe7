/** A model as the runtime is handed it: small JSON files as text, weights by ranges. Paths stay with whoever hands it. */
import type { WeightFiles } from '../checkpoint/byte-source';
import { type Checkpoint, readCheckpoint } from '../checkpoint/checkpoint';
import { LabError } from '../lab-error';
import { DEFAULT_SIDE, type ImageSettings, parseImageSettings } from '../modality/image';
import type { PerceiverConfig } from '../perceiver/config';
import { convolvedSide } from '../perceiver/heads/image';
import { checkLayerCount, checkParameters, expectedParameters } from '../perceiver/parameters';
import { decoderShape, inputChannels, parseConfig } from '../perceiver/widths';
import { elementCount } from '../tensor';
import type { InputLayout, ModelInfo, ModelShape } from './types';

export interface ModelSource {
  readonly id: string;
  /** Text of `config.json` and its like; null where there is no such file. */
  readText(file: string): Promise<string | null>;
  /** The files that may hold weights; `readModel` finds out which do. */
  readonly weights: WeightFiles;
}

export interface ReadModel {
  readonly config: PerceiverConfig;
  readonly shape: ModelShape;
  /** null where there is no modality yet whose files it could read: it runs in raw mode. */
  readonly info: ModelInfo | null;
  readonly header: Checkpoint;
  readonly imageSettings: ImageSettings | null;
}

/** Reads config and the header of the weights and holds them against each other; no weight is read. */
export async function readModel(source: ModelSource): Promise<ReadModel> {
  const text = await source.readText('config.json');
  if (text === null) {
    throw new LabError(
      'checkpoint-missing',
      'There is no config.json beside the weights.',
      'Choose a folder with config.json and weights.',
    );
  }
  const config = parseConfig(text);
  const header = await readCheckpoint(source.weights);
  checkLayerCount(header, config);
  const notes = notesOn(header, checkParameters(header, expectedParameters(config)));
  const imageSettings = PICTURE_HEADS.has(config.architecture) ? await readImageSettings(source, config) : null;
  const shape = modelShape(config, header, notes);
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

/** What a person should know of the weights beside that they were read. */
function notesOn({ file, form }: Checkpoint, unexpected: readonly string[]): string[] {
  const notes = file === 'model.safetensors' ? [] : [`The weights are ${form} (${file}).`];
  if (unexpected.length > 0) {
    const listed = unexpected.slice(0, 5).map((name) => `“${name}”`);
    const more = unexpected.length > 5 ? ` and ${unexpected.length - 5} more` : '';
    notes.push(`${file} holds what belongs to no part of this model and was left aside: ${listed.join(', ')}${more}.`);
  }
  return notes;
}

function modelShape(config: PerceiverConfig, header: Checkpoint, notes: readonly string[]): ModelShape {
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
    weightBytes: header.bytes,
    weightType: storedType(entries),
    notes,
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
