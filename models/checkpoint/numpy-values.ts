/**
 * What a pickle of NumPy arrays may ask for (numpy/_core/src/multiarray/methods.c, array_reduce and arraydescr_reduce). An
 * array here is its type, its shape and where its bytes lie in the file.
 */
import { elementCount } from '../tensor';
import { rowMajor } from './arrange';
import { damaged, notRead, short } from './checkpoint-errors';
import { PickleBytes, type PickleDict, PickleGlobal, type PickleRules } from './pickle';
import { DTYPE_BYTES, type Dtype } from './tensor-entry';

export class NumpyArray {
  dtype: Dtype = 'F32';
  shape: readonly number[] = [];
  /** Count elements. */
  strides: readonly number[] = [];
  /** null until its state is given. */
  bytes: PickleBytes | null = null;
}

class NumpyDtype {
  /** False until its state says so: the bytes' order stands there. */
  isLittle = false;
  readonly dtype: Dtype;

  constructor(dtype: Dtype) {
    this.dtype = dtype;
  }
}

const DTYPES: Readonly<Record<string, Dtype>> = {
  f8: 'F64',
  f4: 'F32',
  f2: 'F16',
  i8: 'I64',
  i4: 'I32',
  i2: 'I16',
  i1: 'I8',
  u1: 'U8',
  b1: 'BOOL',
};
const MAX_AXES = 64;

/** Rules for a pickle in `file`: arrays in NumPy 1's and 2's names, and Haiku's dictionaries. */
export function numpyRules(file: string): PickleRules {
  const globals = new Map<string, PickleGlobal>();
  const allow = (name: string, call?: (args: readonly unknown[]) => unknown) => globals.set(name, new PickleGlobal(name, call));
  allow('numpy.ndarray');
  allow('numpy.dtype', ([name]) => {
    if (typeof name !== 'string' || !Object.hasOwn(DTYPES, name)) throw notRead(file, `holds arrays of the type “${short(String(name))}”`);
    return new NumpyDtype(DTYPES[name]!);
  });
  for (const core of ['numpy.core', 'numpy._core']) {
    allow(`${core}.multiarray._reconstruct`, () => new NumpyArray());
    allow(`${core}.multiarray.scalar`, ([dtype, bytes]) => filled(new NumpyArray(), [], dtype, false, bytes, file));
    // Protocol 5: (bytes, dtype, shape, 'C' or 'F').
    allow(`${core}.numeric._frombuffer`, ([bytes, dtype, shape, order]) =>
      filled(new NumpyArray(), shape, dtype, order === 'F', bytes, file),
    );
  }
  // Below protocol 3 bytes are written as text, which cannot be read in place.
  allow('_codecs.encode', () => {
    throw notRead(file, 'holds arrays as text, as pickle protocol 2 does; write it again with protocol 4');
  });
  for (const name of ['FlatMapping', 'frozendict']) allow(`haiku._src.data_structures.${name}`, ([inner]) => dictOf(inner, file));
  return { globals, build: (target, state) => build(target, state, file) };
}

function dictOf(inner: unknown, file: string): PickleDict {
  if (!(inner instanceof Map)) throw damaged(file, 'a mapping of its pickle is made of no dictionary');
  return inner;
}

function build(target: unknown, state: unknown, file: string): void {
  const items: readonly unknown[] = Array.isArray(state) ? state : [];
  if (target instanceof NumpyDtype) {
    // (version, byte order, subtype, names, fields, size, alignment, flags)
    if (items[1] !== '<' && items[1] !== '|') throw notRead(file, 'holds arrays of another byte order than little-endian');
    target.isLittle = true;
  } else if (target instanceof NumpyArray) {
    // (version, shape, dtype, in Fortran's order, bytes)
    filled(target, items[1], items[2], items[3] === true, items[4], file);
  } else throw damaged(file, 'its pickle gives a state to what has none');
}

function filled(array: NumpyArray, shape: unknown, dtype: unknown, fortran: boolean, bytes: unknown, file: string): NumpyArray {
  if (!(dtype instanceof NumpyDtype) || !(bytes instanceof PickleBytes) || !isShape(shape)) {
    throw damaged(file, 'an array of its pickle has no valid type, shape and bytes');
  }
  if (!dtype.isLittle) throw damaged(file, 'an array of its pickle does not say in which order its bytes are');
  const size = elementCount(shape) * DTYPE_BYTES[dtype.dtype];
  if (bytes.length !== size)
    throw damaged(file, `an array of its pickle has ${bytes.length} bytes where ${dtype.dtype} [${shape.join(', ')}] needs ${size}`);
  array.dtype = dtype.dtype;
  array.shape = shape;
  array.strides = fortran ? rowMajor([...shape].reverse()).reverse() : rowMajor(shape);
  array.bytes = bytes;
  return array;
}

function isShape(value: unknown): value is number[] {
  const isCount = (size: unknown) => typeof size === 'number' && Number.isSafeInteger(size) && size >= 0;
  return Array.isArray(value) && value.length <= MAX_AXES && value.every(isCount);
}
