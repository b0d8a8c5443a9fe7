/** Names and shapes that a config asks of its weights, as `save_pretrained` writes them, and what a checkpoint lacks of them. */
import type { Safetensors } from '../checkpoint/safetensors';
import type { Dtype } from '../checkpoint/tensor-entry';
import { LabError } from '../lab-error';
import type { PerceiverConfig } from './config';
import { HEADS } from './heads';
import { decoderShape, encoderWidths, inputChannels, selfWidths } from './widths';

export type Shapes = ReadonlyMap<string, readonly number[]>;

/** Where the parts that all heads share stand: the bare model's names lack the prefix. */
export function coreNames({ architecture }: PerceiverConfig) {
  const prefix = architecture === 'PerceiverModel' ? '' : 'perceiver.';
  return {
    latents: `${prefix}embeddings.latents`,
    encoder: `${prefix}encoder.cross_attention`,
    layer: (index: number) => `${prefix}encoder.self_attends.${index}`,
  };
}

/** Counters of batch norm, which no result depends on. */
const isBuffer = (name: string) => name.endsWith('.num_batches_tracked');

const TOGETHER = 'Put the config.json and the weights of the same model into one folder.';

/** All parameters of a model. */
export function expectedParameters(config: PerceiverConfig): Shapes {
  const shapes = new Map<string, readonly number[]>();
  const linear = (name: string, out: number, input: number) => {
    shapes.set(`${name}.weight`, [out, input]);
    shapes.set(`${name}.bias`, [out]);
  };
  const norm = (name: string, width: number) => {
    shapes.set(`${name}.weight`, [width]);
    shapes.set(`${name}.bias`, [width]);
  };
  const layer = (name: string, q: number, kv: number, qk: number, v: number, out: number, widening: number, cross: boolean) => {
    norm(`${name}.attention.self.layernorm1`, q);
    if (cross) norm(`${name}.attention.self.layernorm2`, kv);
    linear(`${name}.attention.self.query`, qk, q);
    linear(`${name}.attention.self.key`, qk, kv);
    linear(`${name}.attention.self.value`, v, kv);
    linear(`${name}.attention.output.dense`, out, v);
    norm(`${name}.layernorm`, out);
    linear(`${name}.mlp.dense1`, widening * out, out);
    linear(`${name}.mlp.dense2`, out, widening * out);
  };
  const d = config.d_latents;
  const names = coreNames(config);
  shapes.set(names.latents, [config.num_latents, d]);
  const cross = encoderWidths(config);
  layer(names.encoder, d, inputChannels(config), cross.qk, cross.v, d, config.cross_attention_widening_factor, true);
  const own = selfWidths(config);
  for (let i = 0; i < config.num_self_attends_per_block; i += 1) {
    layer(names.layer(i), d, d, own.qk, own.v, d, config.self_attention_widening_factor, false);
  }
  const decoder = decoderShape(config);
  if (decoder) layer(decoder.attention, decoder.channels, d, decoder.qk, decoder.v, decoder.channels, 1, true);
  HEADS[config.architecture].parameters(config, (name, shape) => shapes.set(name, shape));
  return shapes;
}

/** Throws `checkpoint-mismatch` where the file cannot hold that many layers: before their names and shapes are written out. */
export function checkLayerCount({ file, tensors }: Safetensors, { num_self_attends_per_block: layers }: PerceiverConfig): void {
  if (layers <= tensors.size) return;
  throw new LabError(
    'checkpoint-mismatch',
    `${file} does not fit config.json: “num_self_attends_per_block” asks for ${layers} layers, and the file has ${tensors.size} tensors in all.`,
    TOGETHER,
  );
}

/** Types weights may be stored in; everything is computed in float32. */
const FLOATING: ReadonlySet<Dtype> = new Set(['F64', 'F32', 'F16', 'BF16']);

/**
 * Names of the tensors that belong to no part of the model: they are left aside. Throws `checkpoint-mismatch` where one is
 * missing, mis-shaped or holds no floating-point numbers, and names all of these and the former (the first twenty; the rest
 * in its detail).
 */
export function checkParameters({ file, tensors }: Safetensors, expected: Shapes): string[] {
  const show = (shape: readonly number[]) => `[${shape.join(', ')}]`;
  const problems: string[] = [];
  for (const [name, shape] of expected) {
    const found = tensors.get(name);
    if (!found) problems.push(`“${name}” ${show(shape)} is missing`);
    else if (show(found.shape) !== show(shape)) problems.push(`“${name}” should be ${show(shape)} and is ${show(found.shape)}`);
    else if (!FLOATING.has(found.dtype)) problems.push(`“${name}” should hold floating-point numbers and holds ${found.dtype}`);
  }
  const unexpected = [...tensors.keys()].filter((name) => !expected.has(name) && !isBuffer(name));
  if (problems.length === 0) return unexpected;
  for (const name of unexpected) problems.push(`“${name}” ${show(tensors.get(name)!.shape)} belongs to no part of this model`);
  const listed = problems.slice(0, 20).join('; ');
  const more = problems.length > 20 ? `; and ${problems.length - 20} more` : '';
  throw new LabError('checkpoint-mismatch', `${file} does not fit config.json: ${listed}${more}.`, TOGETHER, {
    detail: problems.join('\n'),
  });
}
