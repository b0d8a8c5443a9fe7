/** `config.json` of a Hugging Face Perceiver (PerceiverConfig), with its defaults. Anything that is not one is `config-invalid`. */
import { z } from 'zod';
import { MAX_SIDE, sentenceOf, wholeNumber } from '../json-fields';
import { LabError } from '../lab-error';
import { ARCHITECTURES, type Architecture } from './architectures';

function whole(most: number) {
  const error = wholeNumber(most);
  return z.number(error).int(error).min(1, error).max(most, error);
}

/** Far above any Perceiver there is, and low enough that a number from a file never decides over memory or time by itself. */
const CHANNELS = whole(65_536);
const HEADS = whole(65_536);
const LAYERS = whole(1024);
const WIDENING = whole(256);
const optionalChannels = CHANNELS.nullish().transform((value) => value ?? null);
const flag = z.boolean('should be true or false');
const ACTIVATIONS = ['gelu', 'gelu_new', 'relu'] as const;

const schema = z.object(
  {
    architectures: z.array(z.string('should be a name'), 'should be a list of names').min(1, 'should name one class'),
    num_latents: whole(1_000_000).default(256),
    d_latents: CHANNELS.default(1280),
    d_model: CHANNELS.default(768),
    num_blocks: LAYERS.default(1),
    num_self_attends_per_block: LAYERS.default(26),
    num_self_attention_heads: HEADS.default(8),
    num_cross_attention_heads: HEADS.default(8),
    qk_channels: optionalChannels,
    v_channels: optionalChannels,
    cross_attention_shape_for_attention: z.enum(['kv', 'q'], 'should be “kv” or “q”').default('kv'),
    self_attention_widening_factor: WIDENING.default(1),
    cross_attention_widening_factor: WIDENING.default(1),
    hidden_act: z.string('should be the name of an activation').default('gelu'),
    use_query_residual: flag.default(true),
    vocab_size: whole(10_000_000).default(262),
    max_position_embeddings: whole(10_000_000).default(2048),
    image_size: whole(MAX_SIDE).default(56),
    train_size: z.tuple([whole(MAX_SIDE), whole(MAX_SIDE)], 'should be [height, width]').default([368, 496]),
    num_frames: whole(65_536).default(16),
    audio_samples_per_frame: whole(1_000_000).default(1920),
    samples_per_patch: whole(65_536).default(16),
    output_shape: z
      .tuple([whole(65_536), whole(65_536), whole(MAX_SIDE), whole(MAX_SIDE)], 'should be [1, frames, height, width]')
      .default([1, 16, 224, 224]),
    output_num_channels: CHANNELS.default(512),
    _label_trainable_num_channels: CHANNELS.default(1024),
    id2label: z.record(z.string(), z.string('should be a name'), 'should give every class a name').nullish(),
  },
  'should be an object',
);

/** Bytes of latents one run may keep for questions. The published models keep 34 and 101 MB. */
const MAX_LATENT_BYTES = 4e9;

export interface PerceiverConfig extends Omit<z.output<typeof schema>, 'architectures' | 'hidden_act' | 'id2label'> {
  readonly architecture: Architecture;
  readonly hidden_act: (typeof ACTIVATIONS)[number];
  /** Class names by index: `id2label`, or two when it is absent, as in transformers. */
  readonly labels: readonly string[];
}

/** Throws `config-invalid` (not a Perceiver, or a value out of range) and `model-unsupported` (a head or activation this version does not run). */
export function parseFields(text: string): PerceiverConfig {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new LabError('config-invalid', 'config.json is not JSON.', 'Get the file again, or choose another checkpoint.', { cause });
  }
  const { model_type: type, architectures: heads } = (json ?? {}) as { model_type?: unknown; architectures?: unknown };
  if (type !== 'perceiver') {
    const what = typeof type === 'string' ? `describes a “${type.slice(0, 60)}” model` : 'does not say which kind of model it describes';
    throw new LabError(
      'config-invalid',
      `config.json ${what}; Perceiver Lab runs “perceiver” models.`,
      'Choose a Perceiver IO checkpoint.',
    );
  }
  if (heads === undefined || heads === null) {
    throw new LabError(
      'config-invalid',
      'config.json: “architectures” is missing, so it does not say which head the model has.',
      `Add “architectures” with one of ${ARCHITECTURES.join(', ')}.`,
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw invalidConfig(sentenceOf(parsed.error, json));
  const { architectures, id2label, hidden_act, ...rest } = parsed.data;
  const architecture = ARCHITECTURES.find((name) => name === architectures[0]);
  if (!architecture) {
    throw new LabError(
      'model-unsupported',
      `There is no head ${architectures[0]!.slice(0, 80)} among those that are run here.`,
      `They are ${ARCHITECTURES.join(', ')}.`,
    );
  }
  const activation = ACTIVATIONS.find((name) => name === hidden_act);
  if (!activation) {
    throw new LabError(
      'model-unsupported',
      `config.json: “hidden_act” is “${hidden_act.slice(0, 60)}”, which this version does not compute.`,
      `It computes ${ACTIVATIONS.join(', ')}; choose a checkpoint with one of them.`,
    );
  }
  const config = { ...rest, architecture, hidden_act: activation, labels: labelsOf(id2label) };
  checkKept(config);
  return config;
}

export function invalidConfig(what: string): LabError {
  return new LabError('config-invalid', `config.json: ${what}.`, 'Correct config.json and try again.');
}

/** Class i is the one called "i": 0 to n − 1, written as numbers are. */
function labelsOf(id2label: Record<string, string> | null | undefined): string[] {
  const count = Object.keys(id2label ?? {}).length;
  if (!id2label || count === 0) return ['LABEL_0', 'LABEL_1'];
  return Array.from({ length: count }, (_, index) => {
    if (!Object.hasOwn(id2label, index)) throw invalidConfig(`“id2label” names ${count} classes, and none of them is “${index}”`);
    return id2label[index]!;
  });
}

function checkKept({ num_blocks: blocks, num_self_attends_per_block: layers, num_latents: n, d_latents: d }: PerceiverConfig): void {
  const bytes = 4 * blocks * layers * n * d;
  if (bytes <= MAX_LATENT_BYTES) return;
  const gigabytes = (value: number) => `${(value / 1e9).toLocaleString('en', { maximumFractionDigits: 1 })} GB`;
  throw invalidConfig(
    `${blocks} blocks of ${layers} layers over ${n} latents of ${d} channels would keep ${gigabytes(bytes)} a run; at most ${gigabytes(MAX_LATENT_BYTES)} are kept`,
  );
}
