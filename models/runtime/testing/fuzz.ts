/**
 * Hurt files against the readers of models: whatever is in a file, it is read or refused in a sentence, soon, within the file
 * and within memory that the file justifies. A case is made from its number alone, so that any one can be looked at again.
 */
import { type ByteSource, bytesSource } from '../../checkpoint/byte-source';
import { isWeightsFile, readCheckpoint } from '../../checkpoint/checkpoint';
import { writeSafetensors } from '../../checkpoint/safetensors';
import { readFloats } from '../../checkpoint/tensor-entry';
import { bytesOf, haikuValue, type WrittenTensor, writeTorchOld, writeTorchZip } from '../../checkpoint/testing/write-checkpoint';
import { pickle } from '../../checkpoint/testing/write-pickle';
import { LabError } from '../../lab-error';
import { readModel } from '../model-source';
import { seededModel } from '../seeded-model';
import { Chance, damage, damageJson, pickleInstruction } from './mutate';

export const READERS = ['safetensors', 'zip', 'pickle', 'config'] as const;
export type Reader = (typeof READERS)[number];

type Files = Readonly<Record<string, Uint8Array>>;

export interface Outcome {
  /** What came of the file: read, or the code of its refusal. */
  readonly result: string;
  readonly ms: number;
  /** Bytes that were read and made, for each byte of the files. */
  readonly share: number;
}

/** Thrown where a reader did not keep what it promises. */
export class Broken extends Error {}

/** A case may take this long on a slow machine; the slowest of a sound reader takes some milliseconds. */
const MAX_MS = 2000;
/** Bytes read and made for each byte there is, and a page for small files: float32 of bytes is four times as large, shared storages four times more. */
const MAX_SHARE = 40;
const SMALL = 64 * 1024;
const REFUSALS = /^(checkpoint-(damaged|unsafe|mismatch|missing)|format-unsupported|config-invalid|model-unsupported)$/;

/** Runs case `index` of `reader`. Rejects with `Broken` where it is not as it should be. */
export async function runCase(reader: Reader, seed: number, index: number): Promise<Outcome> {
  const chance = new Chance(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b) ^ READERS.indexOf(reader));
  const files = MAKERS[reader](chance);
  const size = Object.values(files).reduce((sum, { length }) => sum + length, 0);
  const counted = { bytes: 0 };
  const weights = new Map(
    Object.entries(files)
      .filter(([name]) => isWeightsFile(name))
      .map(([name, bytes]) => [name, watched(name, bytes, counted)] as const),
  );
  const started = performance.now();
  const result = await (reader === 'config' ? readConfig(files, weights) : readAll(weights, counted)).catch((thrown: unknown) =>
    refusal(thrown, files),
  );
  const ms = performance.now() - started;
  if (ms > MAX_MS) throw new Broken(`it took ${Math.round(ms)} ms`);
  if (counted.bytes > MAX_SHARE * size + SMALL) throw new Broken(`${counted.bytes} bytes were read and made of ${size}`);
  return { result, ms, share: counted.bytes / Math.max(1, size) };
}

function watched(name: string, bytes: Uint8Array, counted: { bytes: number }): ByteSource {
  const source = bytesSource(bytes);
  return {
    size: source.size,
    async read(offset, length) {
      const isWithin = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
      if (!isWithin || offset + length > bytes.length)
        throw new Broken(`bytes ${offset} to ${offset + length} of ${name} were read, which has ${bytes.length}`);
      counted.bytes += length;
      return source.read(offset, length);
    },
  };
}

async function readAll(weights: ReadonlyMap<string, ByteSource>, counted: { bytes: number }): Promise<string> {
  const { tensors } = await readCheckpoint(weights);
  for (const entry of tensors.values()) counted.bytes += (await readFloats(weights, entry)).byteLength;
  return 'read';
}

async function readConfig(files: Files, weights: ReadonlyMap<string, ByteSource>): Promise<string> {
  const readText = async (name: string) => (files[name] ? new TextDecoder().decode(files[name]) : null);
  await readModel({ id: 'fuzz', readText, weights });
  return 'read';
}

function refusal(thrown: unknown, files: Files): string {
  if (thrown instanceof Broken) throw thrown;
  if (!(thrown instanceof LabError)) throw new Broken(`it failed with ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
  const { code, message, hint } = thrown;
  const isNamed = Object.keys(files).some((name) => message.includes(name)) || code === 'model-unsupported';
  if (!REFUSALS.test(code) || !isNamed || hint === '' || message.length > 8000)
    throw new Broken(`it was refused with ${code}: ${message.slice(0, 300)}`);
  return code;
}

const CONFIG = {
  model_type: 'perceiver',
  architectures: ['PerceiverForMaskedLM'],
  num_latents: 4,
  d_latents: 8,
  d_model: 8,
  num_blocks: 1,
  num_self_attends_per_block: 1,
  num_self_attention_heads: 2,
  num_cross_attention_heads: 2,
  qk_channels: 8,
  v_channels: 8,
  cross_attention_shape_for_attention: 'kv',
  self_attention_widening_factor: 1,
  cross_attention_widening_factor: 1,
  hidden_act: 'gelu',
  use_query_residual: true,
  vocab_size: 20,
  max_position_embeddings: 8,
  image_size: 8,
  id2label: { 0: 'a', 1: 'b' },
};
const MODEL = seededModel('fuzz', CONFIG, 1);
const MODEL_BYTES = writeSafetensors(MODEL.tensors);
const ARCHITECTURES = [
  'MaskedLM',
  'SequenceClassification',
  'ImageClassificationLearned',
  'ImageClassificationFourier',
  'ImageClassificationConvProcessing',
  'OpticalFlow',
  'MultimodalAutoencoding',
];

const count = (length: number) => Float32Array.from({ length }, (_, i) => i);
const TENSORS: ReadonlyMap<string, WrittenTensor> = new Map([
  ['encoder.weight', { shape: [3, 4], storage: bytesOf(count(12)) }],
  ['encoder.turned', { shape: [4, 3], storage: 'shared', strides: [1, 4] }],
  ['encoder.gaps', { shape: [2, 2], storage: 'shared', offset: 1, strides: [5, 2] }],
  ['half', { shape: [4], storage: bytesOf(new Uint16Array(4)), type: 'HalfStorage' }],
  ['norm.num_batches_tracked', { shape: [], storage: bytesOf(BigInt64Array.of(3n)), type: 'LongStorage' }],
]);
const SHARED = new Map([['shared', bytesOf(count(12))]]);
const PLAIN = new Map([...TENSORS].filter(([, { storage }]) => storage !== 'shared'));
const ZIPS = [{ protocol: 2 }, { protocol: 4 }, { protocol: 2, wide: true }].map((options) =>
  writeTorchZip(TENSORS, { ...options, storages: SHARED }),
);
const MODULES = new Map([
  ['embed', new Map([['embeddings', { shape: [2, 3], data: count(6) }]])],
  [
    'perceiver_encoder/~/self_attention/mlp/linear',
    new Map([
      ['w', { shape: [3, 2], data: count(6) }],
      ['b', { shape: [2], data: count(2) }],
    ]),
  ],
]);
const PICKLES = [3, 4, 5].map((protocol) => pickle(haikuValue(MODULES, { protocol, wrap: protocol === 4 }), protocol));
/** Larger than the part of a file that is read at a time. */
const LARGE = pickle(
  haikuValue(new Map([...MODULES, ['embedding_decoder', new Map([['bias', { shape: [40_000], data: count(40_000) }]])]])),
  4,
);
const OLD = writeTorchOld(PLAIN);

const SHARD_NAMES = ['1.safetensors', '2.safetensors'] as const;

const MAKERS: Readonly<Record<Reader, (chance: Chance) => Files>> = {
  safetensors(chance) {
    const header = 8 + Number(new DataView(MODEL_BYTES.buffer).getBigUint64(0, true));
    if (chance.below(4) > 0) return { 'model.safetensors': damage(MODEL_BYTES, chance, [0, header]) };
    const index = JSON.stringify(Object.fromEntries([...MODEL.tensors.keys()].map((name, i) => [name, SHARD_NAMES[i % 2]])));
    const half = (part: number) => writeSafetensors([...MODEL.tensors].filter((_, i) => i % 2 === part));
    return {
      'model.safetensors.index.json': new TextEncoder().encode(`{"weight_map":${damageJson(index, chance)}}`),
      '1.safetensors': half(0),
      '2.safetensors': chance.below(3) === 0 ? damage(half(1), chance, [0, 2000]) : half(1),
    };
  },
  zip(chance) {
    const zip = chance.one(ZIPS);
    const directory = zip.length - 700;
    return { 'pytorch_model.bin': damage(zip, chance, chance.below(4) === 0 ? [0, zip.length] : [directory, zip.length]) };
  },
  pickle(chance) {
    switch (chance.below(13)) {
      case 0:
        return {
          'language.pickle': damage(
            LARGE,
            chance,
            chance.one([
              [2, 900],
              [LARGE.length - 60, LARGE.length],
            ]),
            [pickleInstruction],
          ),
        };
      case 1:
      case 2:
      case 3:
      case 4: {
        const bytes = chance.one(PICKLES);
        return { 'language.pickle': damage(bytes, chance, [2, bytes.length], [pickleInstruction]) };
      }
      case 5:
      case 6:
      case 7:
      case 8:
        return { 'pytorch_model.bin': damage(OLD, chance, [0, OLD.length - 120], [pickleInstruction]) };
      default: {
        const bytes = writeTorchZip(TENSORS, {
          protocol: chance.one([2, 4]),
          storages: SHARED,
          pickled: (sound) => damage(sound, chance, [2, sound.length], [pickleInstruction]),
        });
        return { 'pytorch_model.bin': bytes };
      }
    }
  },
  config(chance) {
    const text = JSON.stringify({
      ...CONFIG,
      architectures: [chance.below(2) === 0 ? CONFIG.architectures[0] : `PerceiverFor${chance.one(ARCHITECTURES)}`],
    });
    const settings =
      chance.below(4) === 0
        ? { 'preprocessor_config.json': new TextEncoder().encode(damageJson('{"size":8,"crop_size":9,"do_resize":true}', chance)) }
        : {};
    return { 'config.json': new TextEncoder().encode(damageJson(text, chance)), 'model.safetensors': MODEL_BYTES, ...settings };
  },
};
