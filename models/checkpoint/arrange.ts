/** Tensors that lie in a file in another order than row-major: transposed, or with gaps. Strides count elements. */
import { elementCount } from '../tensor';

/** Strides of a shape whose last axis runs fastest. */
export function rowMajor(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

/** Elements from the first to the last of a strided tensor, both counted; 0 for an empty one. */
export function spanOf(shape: readonly number[], strides: readonly number[]): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((span, size, axis) => span + (size - 1) * strides[axis]!, 1);
}

/** Whether the elements lie one behind the other in row-major order; an axis of one element has no say. */
export function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  const wanted = rowMajor(shape);
  return shape.includes(0) || shape.every((size, axis) => size === 1 || strides[axis] === wanted[axis]);
}

/** As it is stored: a row-major tensor of `shape`, whose transposition by `perm` (ONNX's Transpose) is the tensor meant. */
export interface Transposed {
  readonly shape: readonly number[];
  readonly perm: readonly number[];
}

/** How to transpose what is stored without gaps into what is meant, or null where there are gaps. */
export function transposed(shape: readonly number[], strides: readonly number[]): Transposed | null {
  const order = shape.map((_, axis) => axis).sort((a, b) => strides[b]! - strides[a]! || a - b);
  const stored = order.map((axis) => shape[axis]!);
  if (
    !isRowMajor(
      stored,
      order.map((axis) => strides[axis]!),
    )
  )
    return null;
  return { shape: stored, perm: shape.map((_, axis) => order.indexOf(axis)) };
}

/** The bytes of a strided tensor in row-major order, elements of `size` bytes. `stored` begins with its first element. */
export function arrange(stored: Uint8Array, size: number, shape: readonly number[], strides: readonly number[]): Uint8Array {
  const count = elementCount(shape);
  const out = new Uint8Array(count * size);
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < count; to += 1) {
    for (let byte = 0; byte < size; byte += 1) out[to * size + byte] = stored[from * size + byte]!;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis]! += 1;
      from += strides[axis]!;
      if (index[axis]! < shape[axis]!) break;
      from -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}
