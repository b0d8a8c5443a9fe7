/**
 * A reference case: a tiny model with random weights, its inputs, and what Hugging Face computes from them in float32, with a
 * tolerance per tensor. Files come from a function, so that nothing here knows of a disk.
 */
import { bytesSource } from '../../checkpoint/byte-source';
import { readSafetensorsHeader } from '../../checkpoint/safetensors';
import { readFloats } from '../../checkpoint/tensor-entry';
import type { Tensor } from '../../tensor';
import type { ModelSource } from '../model-source';
import type { NamedTensors } from '../raw';

interface ExpectedTensor {
  readonly shape: readonly number[];
  readonly atol: number;
  readonly rtol: number;
  /** Stored values are every s-th of the full tensor, per axis. */
  readonly stride?: readonly number[];
  readonly optional?: boolean;
}

export interface ReferenceCase {
  readonly source: ModelSource;
  readonly inputs: NamedTensors;
  readonly expected: ReadonlyMap<string, ExpectedTensor & { readonly tensor: Tensor }>;
}

const WEIGHTS_FILE = 'model.safetensors';

export type ReadFile = (file: string) => Promise<Uint8Array>;

/** `location`: where onnxruntime may open the weights by itself; without it they are handed over in memory. */
export async function readReferenceCase(id: string, read: ReadFile, location?: { folder: string; file: string }): Promise<ReferenceCase> {
  const text = async (file: string) => new TextDecoder().decode(await read(file));
  const described = JSON.parse(await text('case.json')) as { outputs: Record<string, ExpectedTensor> };
  const outputs = await readTensors(await read('outputs.safetensors'));
  const expected = new Map(
    Object.entries(described.outputs)
      .filter(([name]) => outputs.has(name))
      .map(([name, about]) => [name, { ...about, tensor: outputs.get(name)! }]),
  );
  const weights = bytesSource(await read(WEIGHTS_FILE));
  const source: ModelSource = {
    id,
    readText: async (file) => (file === 'config.json' ? await text(file) : null),
    weights: new Map([[WEIGHTS_FILE, location ? { ...weights, location } : weights]]),
  };
  return { source, inputs: await readTensors(await read('inputs.safetensors')), expected };
}

async function readTensors(bytes: Uint8Array): Promise<Map<string, Tensor>> {
  const source = bytesSource(bytes);
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of (await readSafetensorsHeader(source, 'tensors')).tensors)
    tensors.set(name, { data: await readFloats(source, entry), shape: entry.shape });
  return tensors;
}

export interface Comparison {
  readonly problems: readonly string[];
  /** Largest |got − expected| / (atol + rtol × |expected|), and where. */
  readonly worst: number;
  readonly worstName: string;
  /** |got − expected| there, and over |expected|. */
  readonly absolute: number;
  readonly relative: number;
}

/** Every tensor that is expected and not optional must be there, of that shape, finite, and within its tolerance; no other may be. */
export function compare(expected: ReferenceCase['expected'], got: NamedTensors): Comparison {
  const problems: string[] = [];
  let worst: Difference = { ratio: 0, absolute: 0, relative: 0 };
  let worstName = '';
  for (const [name, want] of expected) {
    const tensor = got.get(name);
    if (!tensor) {
      if (!want.optional) problems.push(`${name} is missing`);
      continue;
    }
    if (tensor.shape.join() !== want.shape.join()) {
      problems.push(`${name} is [${tensor.shape}], expected [${want.shape}]`);
      continue;
    }
    const found = largestDifference(thinned(tensor, want.stride), want);
    if (!(found.ratio <= 1)) problems.push(`${name} is ${found.ratio} times its tolerance off`);
    if (!(found.ratio <= worst.ratio)) [worst, worstName] = [found, name];
  }
  for (const name of got.keys()) if (!expected.has(name)) problems.push(`${name} is not expected`);
  return { problems, worst: worst.ratio, worstName, absolute: worst.absolute, relative: worst.relative };
}

interface Difference {
  /** Of the tolerance. */
  readonly ratio: number;
  readonly absolute: number;
  readonly relative: number;
}

/** NaN where anything is not finite, or where there are more or fewer numbers than expected. */
function largestDifference(got: Float32Array, { tensor, atol, rtol }: ExpectedTensor & { readonly tensor: Tensor }): Difference {
  const nowhere = { ratio: Number.NaN, absolute: Number.NaN, relative: Number.NaN };
  if (got.length !== tensor.data.length) return nowhere;
  let largest: Difference = { ratio: 0, absolute: 0, relative: 0 };
  for (let i = 0; i < got.length; i += 1) {
    const [absolute, size] = [Math.abs(got[i]! - tensor.data[i]!), Math.abs(tensor.data[i]!)];
    const ratio = absolute / (atol + rtol * size);
    if (!Number.isFinite(ratio)) return nowhere;
    if (ratio > largest.ratio) largest = { ratio, absolute, relative: absolute / size };
  }
  return largest;
}

/** full[::s0, ::s1, …] */
function thinned({ data, shape }: Tensor, stride: readonly number[] | undefined): Float32Array {
  if (!stride) return data;
  const out: number[] = [];
  const walk = (axis: number, at: number): void => {
    if (axis === shape.length) {
      out.push(data[at]!);
      return;
    }
    const below = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
    for (let i = 0; i < shape[axis]!; i += stride[axis]!) walk(axis + 1, at + i * below);
  };
  walk(0, 0);
  return Float32Array.from(out);
}
