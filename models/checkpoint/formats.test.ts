import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LabError } from '../lab-error';
import { checkParameters } from '../perceiver/parameters';
import { bytesSource, type WeightFiles } from './byte-source';
import { type Checkpoint, isWeightsFile, readCheckpoint } from './checkpoint';
import { findNonFinite } from './non-finite';
import { readFloats } from './tensor-entry';

/** Lies beside a checkout on the machines of those who make the vectors, nowhere else; the fixtures are a part of it. */
const ALL = resolve(import.meta.dirname, '../../../shared/reference/formats');
const FIXTURES = resolve(import.meta.dirname, 'fixtures');

interface Expected {
  /** A folder, or one file. */
  readonly path: string;
  readonly kind: 'load' | 'load_with_warning' | 'load_or_refuse' | 'reject' | 'report_non_finite';
  readonly why: string;
  readonly file: string;
  readonly outputs?: string;
  /** The tensor at fault. */
  readonly tensor?: string;
  readonly equal_weights?: string;
}

function expectedIn(root: string): Expected[] {
  const path = join(root, 'expect.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { files: Expected[] }).files : [];
}

/** Files that may be weights, as a folder would hand them over; each read is held against the file's size. */
function filesAt(path: string): WeightFiles {
  const isFile = statSync(path).isFile();
  const names = (isFile ? [basename(path)] : readdirSync(path)).filter(isWeightsFile);
  return new Map(names.map((name) => [name, strict(readFileSync(join(isFile ? dirname(path) : path, name)))]));
}

function strict(bytes: Uint8Array) {
  const source = bytesSource(bytes);
  const read = async (offset: number, length: number) => {
    if (offset < 0 || length < 0 || offset + length > bytes.length) throw new RangeError(`bytes ${offset} to ${offset + length} were read`);
    return source.read(offset, length);
  };
  return { ...source, read };
}

async function valuesOf(files: WeightFiles, tensors: Checkpoint['tensors']): Promise<Map<string, unknown>> {
  const values = new Map<string, unknown>();
  for (const [name, entry] of tensors) values.set(name, { shape: [...entry.shape], data: await readFloats(files, entry) });
  return values;
}

/** The container whose outputs an entry has to have: its weights are the same. */
function soundPath(root: string, { outputs, equal_weights }: Expected): string {
  return join(root, equal_weights ?? join(dirname(outputs ?? 'bare/outputs'), 'model.safetensors'));
}

async function answer(root: string, expected: Expected): Promise<{ files: WeightFiles; checkpoint: Checkpoint; unexpected: string[] }> {
  const sound = await readCheckpoint(filesAt(soundPath(root, expected)));
  const files = filesAt(join(root, expected.path));
  const checkpoint = await readCheckpoint(files);
  const shapes = new Map(
    [...sound.tensors].filter(([name]) => !name.endsWith('num_batches_tracked')).map(([name, { shape }]) => [name, shape]),
  );
  return { files, checkpoint, unexpected: checkParameters(checkpoint, shapes) };
}

async function check(root: string, expected: Expected): Promise<void> {
  const started = performance.now();
  const found = await answer(root, expected).catch((thrown: unknown) => thrown);
  expect(performance.now() - started).toBeLessThan(2000);
  if (expected.kind === 'reject' || found instanceof Error) {
    expect(['reject', 'load_or_refuse']).toContain(expected.kind);
    expect(found).toBeInstanceOf(LabError);
    const { code, message } = found as LabError;
    expect(code).toMatch(/^(checkpoint-(damaged|unsafe|mismatch)|format-unsupported)$/);
    expect(message).toMatch(/\.(safetensors|bin|json|pickle)/);
    expect(message).toContain(expected.tensor ?? '');
    return;
  }
  const { files, checkpoint, unexpected } = found as Awaited<ReturnType<typeof answer>>;
  expect(checkpoint.file).toBe(expected.file);
  expect(unexpected).toHaveLength(expected.kind === 'load_with_warning' ? 1 : 0);
  if (expected.kind === 'report_non_finite') {
    expect(await findNonFinite(files, checkpoint)).toBe(expected.tensor);
    return;
  }
  const sound = filesAt(soundPath(root, expected));
  const values = await valuesOf(files, checkpoint.tensors);
  for (const name of unexpected) values.delete(name);
  expect(values).toEqual(await valuesOf(sound, (await readCheckpoint(sound)).tensors));
}

describe('Weights in every form', () => {
  afterEach(() => vi.restoreAllMocks());

  it.each(expectedIn(FIXTURES))('$path: $kind, $why', async (expected) => {
    await check(FIXTURES, expected);
  });

  it('that spell out a call are refused by the name of what they would call, and call nothing', async () => {
    const said = vi.spyOn(console, 'log');
    for (const [path, name] of [
      ['bin_eval', 'builtins.eval'],
      ['bin_os_system', 'posix.system'],
      ['bin_plain_os_system', 'posix.system'],
      ['bin_import_getattr', '__builtin__.getattr'],
    ]) {
      await expect(readCheckpoint(filesAt(join(FIXTURES, path!)))).rejects.toMatchObject({
        code: 'checkpoint-unsafe',
        message: `pytorch_model.bin asks for “${name}”, which is no part of a list of tensors; nothing of it was executed.`,
      });
    }
    expect(said).not.toHaveBeenCalled();
  });

  const all = expectedIn(ALL);
  if (all.length === 0) console.log(`The folder of all reference formats is absent (${ALL}); the fixtures stand for it.`);
  describe.runIf(all.length > 0)('of the reference folder', () => {
    it.each(all)('$path: $kind, $why', async (expected) => {
      await check(ALL, expected);
    });
  });
});
