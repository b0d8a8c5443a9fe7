/** Writes checkpoints in the forms of PyTorch and DeepMind for tests: what torch.save and pickle.dump would leave. */
import { elementCount } from '../../tensor';
import { rowMajor } from '../arrange';
import { type Pickled, pickle } from './write-pickle';
import { type ZipOptions, zip } from './write-zip';

/** A tensor as a view of a storage; by default all of a storage of its own, float32 and row-major. */
export interface WrittenTensor {
  readonly shape: readonly number[];
  /** Bytes of the storage, or a key of `storages`. */
  readonly storage: Uint8Array | string;
  readonly type?: string;
  readonly offset?: number;
  readonly strides?: readonly number[];
}

export interface TorchOptions extends ZipOptions {
  readonly protocol?: number;
  readonly storages?: ReadonlyMap<string, Uint8Array>;
  /** Changes the pickle on its way into the archive. */
  readonly pickled?: (bytes: Uint8Array) => Uint8Array;
}

const BYTES: Readonly<Record<string, number>> = { DoubleStorage: 8, LongStorage: 8, FloatStorage: 4, HalfStorage: 2, BFloat16Storage: 2 };

export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A `pytorch_model.bin` in zip form. */
export function writeTorchZip(
  tensors: ReadonlyMap<string, WrittenTensor>,
  { protocol = 2, storages, pickled = (bytes) => bytes, ...options }: TorchOptions = {},
): Uint8Array {
  const { value, all } = stateDict(tensors, storages ?? new Map());
  const entries = Array.from(all, ([key, bytes]) => [`archive/data/${key}`, bytes] as const);
  return zip(
    [
      ['archive/data.pkl', pickled(pickle(value, protocol))],
      ['archive/byteorder', new TextEncoder().encode('little')],
      ...entries,
      ['archive/version', Uint8Array.of(51, 10)],
    ],
    options,
  );
}

/** A `pytorch_model.bin` in the form before PyTorch 1.6. */
export function writeTorchOld(tensors: ReadonlyMap<string, WrittenTensor>): Uint8Array {
  const { value, all, elements } = stateDict(tensors, new Map());
  const system: Pickled = new Map<string, Pickled>([
    ['protocol_version', 1001],
    ['little_endian', true],
  ]);
  const parts = [0x1950a86a20f9469cfc6cn, 1001, system, value, { list: [...all.keys()] }].map((part) => pickle(part, 2));
  for (const [key, bytes] of all) parts.push(bytesOf(BigInt64Array.of(BigInt(elements.get(key)!))), bytes);
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

function stateDict(tensors: ReadonlyMap<string, WrittenTensor>, shared: ReadonlyMap<string, Uint8Array>) {
  const all = new Map(shared);
  const elements = new Map<string, number>();
  const items = new Map<string, Pickled>();
  for (const [name, { shape, storage, type = 'FloatStorage', offset = 0, strides = rowMajor(shape) }] of tensors) {
    const key = typeof storage === 'string' ? storage : String(all.size);
    if (typeof storage !== 'string') all.set(key, storage);
    elements.set(key, (all.get(key)?.length ?? 0) / BYTES[type]!);
    const id: Pickled = { persistent: ['storage', { global: `torch.${type}` }, key, 'cpu', elements.get(key)!] };
    const args: Pickled[] = [id, offset, [...shape], [...strides], false, { call: 'collections.OrderedDict', args: [] }];
    items.set(name, { call: 'torch._utils._rebuild_tensor_v2', args });
  }
  return { all, elements, value: { call: 'collections.OrderedDict', args: [], state: items } as Pickled };
}

export type Arrays = ReadonlyMap<string, ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>>;

export interface HaikuOptions {
  readonly protocol?: number;
  readonly core?: 'numpy.core' | 'numpy._core';
  /** In Fortran's order. */
  readonly fortran?: boolean;
  readonly order?: string;
  readonly wrap?: boolean;
}

/** {module: {parameter: array}} as a dictionary of dictionaries; to be pickled. */
export function haikuValue(
  modules: Arrays,
  { core = 'numpy.core', fortran = false, order = '<', wrap = false, protocol = 4 }: HaikuOptions = {},
): Pickled {
  const dtype: Pickled = { call: 'numpy.dtype', args: ['f4', false, true], state: [3, order, null, null, null, -1, -1, 0] };
  const array = (shape: readonly number[], data: Float32Array): Pickled => {
    if (data.length !== elementCount(shape)) throw new RangeError('values and shape differ');
    if (protocol === 5) return { call: `${core}.numeric._frombuffer`, args: [bytesOf(data), dtype, [...shape], fortran ? 'F' : 'C'] };
    const state: Pickled = [1, [...shape], dtype, fortran, bytesOf(data)];
    return { call: `${core}.multiarray._reconstruct`, args: [{ global: 'numpy.ndarray' }, [0], Uint8Array.of(98)], state };
  };
  const value = new Map<string, Pickled>();
  for (const [module, parameters] of modules) {
    value.set(module, new Map(Array.from(parameters, ([name, { shape, data }]) => [name, array(shape, data)])));
  }
  return wrap ? { call: 'haiku._src.data_structures.FlatMapping', args: [value] } : value;
}
