/** `config.json` of a Hugging Face Perceiver (PerceiverConfig), with its defaults. Anything that is not one is `config-invalid`. */
import { z } from 'zod';
import { LabError } from '../lab-error';

const size = z.number().int().positive().max(1_000_000_000);
const optionalSize = size.nullish().transform((value) => value ?? null);

const schema = z.object({
  model_type: z.literal('perceiver'),
  architectures: z.array(z.string()).min(1),
  num_latents: size.default(256),
  d_latents: size.default(1280),
  d_model: size.default(768),
  num_blocks: size.default(1),
  num_self_attends_per_block: size.default(26),
  num_self_attention_heads: size.default(8),
  num_cross_attention_heads: size.default(8),
  qk_channels: optionalSize,
  v_channels: optionalSize,
  cross_attention_shape_for_attention: z.enum(['kv', 'q']).default('kv'),
  self_attention_widening_factor: size.default(1),
  cross_attention_widening_factor: size.default(1),
  hidden_act: z.enum(['gelu', 'gelu_new', 'relu']).default('gelu'),
  use_query_residual: z.boolean().default(true),
  vocab_size: size.default(262),
  max_position_embeddings: size.default(2048),
  image_size: size.default(56),
  id2label: z.record(z.string(), z.string()).nullish(),
});

export const ARCHITECTURES = [
  'PerceiverForMaskedLM',
  'PerceiverForImageClassificationLearned',
  'PerceiverForImageClassificationFourier',
] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

export interface PerceiverConfig extends Omit<z.output<typeof schema>, 'architectures' | 'id2label' | 'model_type'> {
  readonly architecture: Architecture;
  /** Class names by index: `id2label`, or two when it is absent, as in transformers. */
  readonly labels: readonly string[];
}

/** Throws `config-invalid` (not a Perceiver, or a value out of range) and `model-unsupported` (a head this version does not run). */
export function parseConfig(text: string): PerceiverConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new LabError('config-invalid', 'config.json is not JSON.', 'Get the file again, or choose another checkpoint.', { cause });
  }
  const type = (json as { model_type?: unknown } | null)?.model_type;
  if (type !== 'perceiver') {
    const what = typeof type === 'string' ? `describes a “${type}” model` : 'does not say which kind of model it describes';
    throw new LabError(
      'config-invalid',
      `config.json ${what}; Perceiver Lab runs “perceiver” models.`,
      'Choose a Perceiver IO checkpoint.',
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new LabError(
      'config-invalid',
      `config.json: “${issue?.path.join('.')}” — ${issue?.message}.`,
      'Correct config.json and try again.',
    );
  }
  const { architectures, id2label, model_type: _, ...rest } = parsed.data;
  const architecture = architectures[0]!;
  if (!(ARCHITECTURES as readonly string[]).includes(architecture)) {
    throw new LabError(
      'model-unsupported',
      `This version does not run ${architecture}.`,
      'It runs masked language models and image classifiers with learned or Fourier positions.',
    );
  }
  const config = { ...rest, architecture: architecture as Architecture, labels: labelsOf(id2label) };
  checkWidths(config);
  return config;
}

function labelsOf(id2label: Record<string, string> | null | undefined): string[] {
  if (!id2label || Object.keys(id2label).length === 0) return ['LABEL_0', 'LABEL_1'];
  return Object.keys(id2label)
    .map(Number)
    .sort((a, b) => a - b)
    .map((index) => id2label[String(index)]!);
}

function checkWidths(config: PerceiverConfig): void {
  const invalid = (what: string) => new LabError('config-invalid', `config.json: ${what}.`, 'Correct config.json and try again.');
  const { qk, v } = selfWidths(config);
  if (v !== config.d_latents) {
    throw invalid(`“v_channels” is ${v} but “d_latents” is ${config.d_latents}; the residual of a layer needs them equal`);
  }
  if (qk % config.num_self_attention_heads || v % config.num_self_attention_heads) {
    throw invalid(`${qk} and ${v} channels do not split into ${config.num_self_attention_heads} heads`);
  }
  const cross = encoderWidths(config);
  if (cross.qk % config.num_cross_attention_heads || cross.v % config.num_cross_attention_heads) {
    throw invalid(`${cross.qk} and ${cross.v} channels do not split into ${config.num_cross_attention_heads} heads of the encoder`);
  }
}

export interface Widths {
  readonly qk: number;
  readonly v: number;
}

/** PerceiverEncoder: self-attention takes `d_latents` where no `qk_channels` is given, values the width of keys where no `v_channels` is. */
export function selfWidths(config: PerceiverConfig): Widths {
  const qk = config.qk_channels ?? config.d_latents;
  return { qk, v: config.v_channels ?? qk };
}

/** The encoder's cross-attention follows the width of the input ("kv") or of the latents ("q"). */
export function encoderWidths(config: PerceiverConfig): Widths {
  const qk = config.qk_channels ?? (config.cross_attention_shape_for_attention === 'kv' ? inputChannels(config) : config.d_latents);
  return { qk, v: config.v_channels ?? qk };
}

/** Fourier image positions are hard-wired in transformers: 64 bands at resolution 224, with the position itself: 2 + 2 × 2 × 64. */
export const IMAGE_BANDS = 64;
export const IMAGE_RESOLUTION = 224;
export const FOURIER_CHANNELS = 2 + 4 * IMAGE_BANDS;
/** `image_learned`: the 1 × 1 convolution and the projected positions, 256 each. */
export const LEARNED_CHANNELS = 256;
/** PerceiverForMaskedLM's decoder, hard-wired: queries and keys 256 wide in eight heads. */
export const LM_DECODER = { qk: 8 * 32, heads: 8 } as const;

/** C, the channels of an input row as the encoder reads it. */
export function inputChannels(config: PerceiverConfig): number {
  switch (config.architecture) {
    case 'PerceiverForMaskedLM':
      return config.d_model;
    case 'PerceiverForImageClassificationLearned':
      return 2 * LEARNED_CHANNELS;
    case 'PerceiverForImageClassificationFourier':
      return 3 + FOURIER_CHANNELS;
  }
}

/** The decoder obeys `cross_attention_shape_for_attention` alone: [query channels, qk, v, heads, with the query residual]. */
export function decoderShape(config: PerceiverConfig) {
  if (config.architecture === 'PerceiverForMaskedLM') {
    return { channels: config.d_model, qk: LM_DECODER.qk, v: config.d_model, heads: LM_DECODER.heads, residual: false };
  }
  return { channels: config.d_latents, qk: config.d_latents, v: config.d_latents, heads: 1, residual: true };
}
