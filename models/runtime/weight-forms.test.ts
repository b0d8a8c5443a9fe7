import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import * as nativeOrt from 'onnxruntime-node';
import * as webOrt from 'onnxruntime-web';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openModelFolder } from '../../electron/engine/model-folder';
import { arrange, spanOf } from '../checkpoint/arrange';
import { bytesSource } from '../checkpoint/byte-source';
import { readCheckpoint } from '../checkpoint/checkpoint';
import { huggingFaceName } from '../checkpoint/haiku-names';
import { readSafetensorsHeader, writeSafetensors } from '../checkpoint/safetensors';
import { readFloats } from '../checkpoint/tensor-entry';
import { bytesOf, haikuValue, type WrittenTensor, writeTorchOld, writeTorchZip } from '../checkpoint/testing/write-checkpoint';
import { pickle } from '../checkpoint/testing/write-pickle';
import { LabError } from '../lab-error';
import type { Tensor } from '../tensor';
import { type ModelSource, readModelInfo } from './model-source';
import { openModel } from './open-model';
import { type NamedTensors, runRaw } from './raw';
import { seededModel } from './seeded-model';

webOrt.env.wasm.numThreads = 1;

const CONFIG = {
  model_type: 'perceiver',
  architectures: ['PerceiverForMaskedLM'],
  num_latents: 6,
  d_latents: 16,
  d_model: 8,
  num_self_attends_per_block: 2,
  num_self_attention_heads: 2,
  num_cross_attention_heads: 2,
  max_position_embeddings: 24,
};
const seeded = seededModel('text', CONFIG, 3);
const tensors = [...seeded.tensors];
const half = Math.floor(tensors.length / 2);

async function logitsOf(source: ModelSource, engine: 'native' | 'wasm' = 'native'): Promise<Float32Array> {
  const model = await openModel(engine === 'native' ? nativeOrt : webOrt, source, { engine, threads: 1 });
  try {
    const ids = { data: Float32Array.of(4, 10, 3, 40, 5), shape: [1, 5] };
    return (await runRaw(model, new Map([['inputs', ids]]))).get('logits')!.data;
  } finally {
    await model.dispose();
  }
}

/** `values` [shape] laid out by `strides` in a storage of zeros. */
function laidOut(values: Float32Array, shape: readonly number[], strides: readonly number[]): Float32Array {
  const places = new Float32Array(spanOf(shape, strides));
  const order = Float32Array.from(places, (_, i) => i);
  const gathered = new Float32Array(arrange(bytesOf(order), 4, shape, strides).buffer as ArrayBuffer);
  for (const [i, value] of values.entries()) places[gathered[i]!] = value;
  return places;
}

function written(strides: (shape: readonly number[]) => readonly number[] | null): [string, WrittenTensor][] {
  return tensors.map(([name, { shape, data }]) => {
    const chosen = strides(shape);
    const storage = bytesOf(chosen ? laidOut(data, shape, chosen) : data);
    return [name, { shape, storage, ...(chosen ? { strides: chosen } : {}) }];
  });
}

/** All names that Haiku has for this model's parameters, by Hugging Face's. */
function haikuNames(): Map<string, string> {
  const attention = ['attention/linear', 'attention/linear_1', 'attention/linear_2', 'attention/linear_3', 'mlp/linear', 'mlp/linear_1'];
  const modules = [...attention, 'layer_norm', 'layer_norm_1', 'layer_norm_2'];
  const prefixes = [
    'perceiver_encoder/~/cross_attention',
    'perceiver_encoder/~/self_attention',
    'perceiver_encoder/~/self_attention_1',
    'basic_decoder/cross_attention',
  ];
  const inner = prefixes.flatMap((prefix) =>
    modules.flatMap((module) => ['w', 'b', 'scale', 'offset'].map((name) => `${prefix}/${module}/${name}`)),
  );
  const positions = ['', 'perceiver_encoder/~/', 'basic_decoder/~/'].map((prefix) => `${prefix}trainable_position_encoding/pos_embs`);
  const names = [...inner, ...positions, 'embed/embeddings', 'embedding_decoder/bias'];
  return new Map(
    // A norm's parameters are a scale and an offset, a kernel's w and b: one of both is the name.
    names
      .filter((name) => /layer_norm/.test(name) === /\/(scale|offset)$/.test(name) || !/\/(w|b|scale|offset)$/.test(name))
      .map((name) => [huggingFaceName(name, false) ?? '', name]),
  );
}

function haikuPickle(): Uint8Array {
  const names = haikuNames();
  const modules = new Map<string, Map<string, { shape: readonly number[]; data: Float32Array }>>();
  for (const [name, { shape, data }] of tensors) {
    const haiku = names.get(name)!;
    const end = haiku.lastIndexOf('/');
    const isKernel = haiku.endsWith('/w');
    const parameters = modules.get(haiku.slice(0, end)) ?? new Map();
    const stored = isKernel ? { shape: [...shape].reverse(), data: laidOut(data, shape, [1, shape[0]!]) } : { shape, data };
    modules.set(haiku.slice(0, end), parameters.set(haiku.slice(end + 1), stored));
  }
  return pickle(haikuValue(modules, { wrap: true }), 4);
}

const transposed = (shape: readonly number[]) => (shape.length === 2 ? [1, shape[0]!] : null);
const withGaps = (shape: readonly number[]) => (shape.length === 2 ? [2 * shape[1]! + 1, 2] : [3]);
const index = (files: [string, string]) =>
  new TextEncoder().encode(JSON.stringify({ weight_map: Object.fromEntries(tensors.map(([name], i) => [name, files[i < half ? 0 : 1]])) }));

const FORMS: [string, RegExp | null, () => Record<string, Uint8Array>][] = [
  ['model.safetensors', null, () => ({ 'model.safetensors': writeSafetensors(tensors) })],
  [
    'safetensors in two files',
    /^The weights are safetensors, 2 files \(model\.safetensors\.index\.json\)\.$/,
    () => ({
      'model.safetensors.index.json': index(['1.safetensors', '2.safetensors']),
      '1.safetensors': writeSafetensors(tensors.slice(0, half)),
      '2.safetensors': writeSafetensors(tensors.slice(half)),
    }),
  ],
  [
    'a zip of PyTorch',
    /^The weights are a PyTorch pickle in zip form \(pytorch_model\.bin\)\.$/,
    () => ({ 'pytorch_model.bin': writeTorchZip(new Map(written(() => null))) }),
  ],
  ['a zip of PyTorch with transposed weights', /zip form/, () => ({ 'pytorch_model.bin': writeTorchZip(new Map(written(transposed))) })],
  [
    'a zip of PyTorch with gaps in every weight',
    /zip form/,
    () => ({ 'pytorch_model.bin': writeTorchZip(new Map(written(withGaps)), { protocol: 4 }) }),
  ],
  ['the old form of PyTorch', /before 1\.6/, () => ({ 'pytorch_model.bin': writeTorchOld(new Map(written(() => null))) })],
  [
    'PyTorch in two files',
    /zip form, 2 files/,
    () => ({
      'pytorch_model.bin.index.json': index(['1.bin', '2.bin']),
      '1.bin': writeTorchZip(new Map(written(() => null).slice(0, half))),
      '2.bin': writeTorchZip(new Map(written(transposed).slice(half))),
    }),
  ],
  ['a pickle of Haiku’s', /a Haiku pickle \(language\.pickle\)/, () => ({ 'language.pickle': haikuPickle() })],
];

describe('A model computes the same from every form of its weights', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perceiver-lab-forms-'));
    await writeFile(join(folder, 'config.json'), JSON.stringify(CONFIG));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const write = async (files: Record<string, Uint8Array>) => {
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
    return openModelFolder('model', folder);
  };
  const near = (got: Float32Array, want: Float32Array) => {
    expect(got).toHaveLength(want.length);
    expect(got.reduce((most, value, i) => Math.max(most, Math.abs(value - want[i]!)), 0)).toBeLessThan(1e-5);
  };

  it.each(FORMS)('%s: opened by onnxruntime where it lies, at whatever byte', async (_, note, files) => {
    const source = await write(files());
    const { notes } = await readModelInfo(source);
    expect(notes).toEqual(note ? [expect.stringMatching(note)] : []);
    near(await logitsOf(source), await logitsOf(seeded));
  });

  it('tensors lie at bytes that no number is aligned to, in archives and pickles', async () => {
    for (const [name, , files] of FORMS.filter(([form]) => /^a zip of PyTorch$|Haiku/.test(form))) {
      const inMemory = new Map(Object.entries(files()).map(([file, bytes]) => [file, bytesSource(bytes)]));
      const { tensors: found } = await readCheckpoint(inMemory);
      expect([...found.values()].filter(({ offset }) => offset % 4 !== 0).length, name).toBeGreaterThan(10);
    }
  });

  it.each(FORMS)('%s: handed over as bytes', async (_, __, files) => {
    const inMemory = new Map(Object.entries(files()).map(([name, bytes]) => [name, bytesSource(bytes)]));
    near(await logitsOf({ ...seeded, weights: inMemory }), await logitsOf(seeded));
  });

  it.each(FORMS.filter(([name]) => /gaps|Haiku|two files/.test(name)))('%s: on WebAssembly', { timeout: 120_000 }, async (_, __, files) => {
    near(await logitsOf(await write(files()), 'wasm'), await logitsOf(seeded));
  });

  it('files that links scatter over several folders', async () => {
    const files = FORMS[1]![2]();
    for (const [i, [name, bytes]] of Object.entries(files).entries()) {
      await mkdir(join(folder, `${i}`));
      await writeFile(join(folder, `${i}`, 'blob'), bytes);
      await symlink(join(folder, `${i}`, 'blob'), join(folder, name));
    }
    near(await logitsOf(await openModelFolder('model', folder)), await logitsOf(seeded));
  });

  it('says what of the weights it left aside', async () => {
    const extra = [
      ...tensors,
      ['more', { shape: [1], data: Float32Array.of(1) }],
      ['__proto__', { shape: [1], data: Float32Array.of(1) }],
    ] as const;
    const source = await write({ 'model.safetensors': writeSafetensors(extra) });
    expect((await readModelInfo(source)).notes).toEqual([
      'model.safetensors holds what belongs to no part of this model and was left aside: “more”, “__proto__”.',
    ]);
    near(await logitsOf(source), await logitsOf(seeded));
  });
});

/** Lies beside a checkout on the machines of those who make the vectors, nowhere else; `checkpoint/formats.test.ts` has a part of it. */
const FORMATS = resolve(import.meta.dirname, '../../../shared/reference/formats');

interface Expected {
  readonly path: string;
  readonly kind: 'load' | 'load_with_warning' | 'load_or_refuse' | 'reject' | 'report_non_finite';
  readonly inputs?: string;
  readonly outputs?: string;
  readonly config?: string;
  readonly tensor?: string;
  readonly tolerance?: Readonly<Record<string, { readonly atol: number; readonly rtol: number }>>;
}

const all = existsSync(FORMATS) ? (JSON.parse(readFileSync(join(FORMATS, 'expect.json'), 'utf8')) as { files: Expected[] }).files : [];
if (all.length === 0) console.log(`The folder of all reference formats is absent (${FORMATS}).`);

async function readTensors(path: string): Promise<Map<string, Tensor>> {
  const source = bytesSource(await readFile(path));
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of (await readSafetensorsHeader(source, path)).tensors) {
    tensors.set(name, { data: await readFloats(source, entry), shape: entry.shape });
  }
  return tensors;
}

/** Opens and runs what an entry names; a single file gets a folder of its own. */
async function runEntry({ path, config, inputs }: Expected): Promise<{ notes: readonly string[]; outputs: NamedTensors }> {
  const folder = await mkdtemp(join(tmpdir(), 'perceiver-lab-formats-'));
  try {
    const given = config ? [path, config] : readdirSync(join(FORMATS, path)).map((name) => join(path, name));
    for (const file of given) await cp(join(FORMATS, file), join(folder, basename(file)));
    const model = await openModel(nativeOrt, await openModelFolder(path, folder), { engine: 'native', threads: 1 });
    try {
      const tensors = await readTensors(join(FORMATS, inputs ?? 'bare/inputs.safetensors'));
      return { notes: model.model.shape.notes, outputs: await runRaw(model, tensors, { attentions: true, hiddenStates: true }) };
    } finally {
      await model.dispose();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe.runIf(all.length > 0)('Every entry of the reference folder', () => {
  it.each(all.filter(({ kind }) => kind.startsWith('load')))('$path: $kind, with the outputs named', async (expected) => {
    const { notes, outputs } = await runEntry(expected);
    expect(notes.join().includes('was left aside')).toBe(expected.kind === 'load_with_warning');
    const wanted = await readTensors(join(FORMATS, expected.outputs!));
    for (const [name, { atol, rtol }] of Object.entries(expected.tolerance ?? {})) {
      const [got, want] = [outputs.get(name)!, wanted.get(name)!];
      expect(got.shape).toEqual(want.shape);
      const ratios = got.data.map((value, i) => Math.abs(value - want.data[i]!) / (atol + rtol * Math.abs(want.data[i]!)));
      expect(ratios.reduce((most, ratio) => Math.max(most, ratio), 0)).toBeLessThanOrEqual(1);
    }
  });

  it.each(all.filter(({ kind }) => !kind.startsWith('load')))('$path: $kind, in a sentence', async (expected) => {
    const thrown = await runEntry(expected).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(LabError);
    expect((thrown as LabError).message).toMatch(/\.(safetensors|bin|json)/);
    expect((thrown as LabError).message).toContain(expected.tensor ?? '');
  });
});
