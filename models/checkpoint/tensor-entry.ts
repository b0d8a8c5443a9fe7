/** A tensor where it lies in a file: type, shape and place, and its values as float32. */
import { elementCount } from '../tensor';
import { arrange } from './arrange';
import type { ByteSource, WeightFiles } from './byte-source';
import { bfloatsToFloat32, halvesToFloat32 } from './half';

export const DTYPE_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;
export type Dtype = keyof typeof DTYPE_BYTES;

export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Bare name of its file. */
  readonly file: string;
  /** Byte of its first element, from the start of the file. */
  readonly offset: number;
  /** Bytes from its first element to the end of its last. */
  readonly length: number;
  /** Elements from one index to the next along each axis, where they do not lie row-major; none is negative. */
  readonly strides?: readonly number[];
}

/** Values of a tensor as float32, row-major: [elementCount(shape)]. Integers are exact below 2^24. `from`: its file, or all files there are. */
export async function readFloats(from: ByteSource | WeightFiles, entry: TensorEntry): Promise<Float32Array> {
  const source = 'read' in from ? from : from.get(entry.file);
  if (!source) throw new RangeError(`no file ${entry.file}`);
  const stored = await source.read(entry.offset, entry.length);
  // A copy at the start of its own memory: what was read may be a view (Node's Buffer.slice is one too).
  const bytes = entry.strides ? arrange(stored, DTYPE_BYTES[entry.dtype], entry.shape, entry.strides) : new Uint8Array(stored);
  return toFloats(bytes.buffer as ArrayBuffer, entry.dtype, elementCount(entry.shape));
}

function toFloats(buffer: ArrayBuffer, dtype: Dtype, count: number): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(buffer);
    case 'F16':
      return halvesToFloat32(new Uint16Array(buffer));
    case 'BF16':
      return bfloatsToFloat32(new Uint16Array(buffer));
    case 'F64':
      return Float32Array.from(new Float64Array(buffer));
    case 'I64':
      return Float32Array.from(new BigInt64Array(buffer), Number);
    case 'I32':
      return Float32Array.from(new Int32Array(buffer));
    case 'I16':
      return Float32Array.from(new Int16Array(buffer));
    case 'I8':
      return Float32Array.from(new Int8Array(buffer));
    default:
      return Float32Array.from(new Uint8Array(buffer, 0, count));
  }
}
