/** A model as the runtime is handed it: small JSON files as text, weights by ranges. Paths stay with whoever hands it. */
import type { ByteSource } from '../checkpoint/byte-source';
import { readSafetensorsHeader, type Safetensors } from '../checkpoint/safetensors';
import { LabError } from '../lab-error';
import { DEFAULT_SIDE, type ImageSettings, parseImageSettings } from '../modality/image';
import { decoderShape, inputChannels, type PerceiverConfig, parseConfig } from '../perceiver/config';
import { checkLayerCount, checkParameters, expectedParameters } from '../perceiver/parameters';
import { elementCount } from '../tensor';
import type { ModelInfo } from './types';

export const WEIGHTS_FILE = 'model.safetensors';

export interface ModelSource {
  readonly id: string;
  /** Text of `config.json` and its like; null where there is no such file. */
  readText(file: string): Promise<string | null>;
  readonly weights: ByteSource;
}

export interface ReadModel {
  readonly config: PerceiverConfig;
  readonly info: ModelInfo;
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
  const imageSettings = config.architecture === 'PerceiverForMaskedLM' ? null : await readImageSettings(source, config);
  return { config, header, imageSettings, info: modelInfo(config, header, imageSettings, source.weights.size) };
}

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

export async function readModelInfo(source: ModelSource): Promise<ModelInfo> {
  return (await readModel(source)).info;
}

function modelInfo(config: PerceiverConfig, header: Safetensors, image: ImageSettings | null, weightBytes: number): ModelInfo {
  const entries = [...header.tensors.values()];
  const decoder = decoderShape(config);
  const common = {
    architecture: config.architecture,
    latents: config.num_latents,
    latentChannels: config.d_latents,
    blocks: config.num_blocks,
    layersPerBlock: config.num_self_attends_per_block,
    encoderHeads: config.num_cross_attention_heads,
    layerHeads: config.num_self_attention_heads,
    decoderHeads: decoder.heads,
    inputChannels: inputChannels(config),
    parameters: entries.reduce((sum, entry) => sum + elementCount(entry.shape), 0),
    weightBytes,
    weightType: storedType(entries),
  } as const;
  if (!image) {
    const length = config.max_position_embeddings;
    return {
      ...common,
      task: 'masked-lm',
      modality: 'text',
      inputRows: length,
      queries: length,
      outputs: config.vocab_size,
      layout: { kind: 'sequence', length },
      labels: [],
    };
  }
  // Without a resize every picture has a size of its own; this is the one to expect.
  const { height, width } = image.resize?.size ?? { height: pictureSide(config), width: pictureSide(config) };
  return {
    ...common,
    task: 'image-classification',
    modality: 'image',
    inputRows: height * width,
    queries: 1,
    outputs: config.labels.length,
    layout: { kind: 'grid', height, width },
    labels: config.labels,
  };
}

/** The type most bytes are stored in. */
function storedType(entries: readonly { dtype: string; length: number }[]): ModelInfo['weightType'] {
  const bytes = { F32: 0, F16: 0, BF16: 0 };
  for (const entry of entries) if (Object.hasOwn(bytes, entry.dtype)) bytes[entry.dtype as keyof typeof bytes] += entry.length;
  return (Object.entries(bytes).sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'F32') as ModelInfo['weightType'];
}
