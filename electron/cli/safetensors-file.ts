/** Writes a `.safetensors` file tensor by tensor, so that no more than one is in memory. */
import { elementCount } from '../../models/tensor';
import { writeWhole } from './whole-file';

export interface PlannedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Float32 values, row-major; asked for when its turn comes. */
  readonly values: () => Promise<Float32Array>;
}

const FLOAT_BYTES = 4;

/** Throws `output-unwritable`. What `values` throws goes through, and leaves no file. */
export function writeSafetensors(path: string, tensors: readonly PlannedTensor[]): Promise<void> {
  return writeWhole(path, async (write) => {
    await write(headerOf(tensors));
    for (const { name, shape, values } of tensors) {
      const data = await values();
      if (data.length !== elementCount(shape)) throw new RangeError(`${name} has ${data.length} values, not ${shape.join(' × ')}`);
      await write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  });
}

/** Length (8 bytes), then JSON filled with spaces to a multiple of 8, so that every tensor is aligned. */
function headerOf(tensors: readonly PlannedTensor[]): Uint8Array {
  let offset = 0;
  const entries = tensors.map(({ name, shape }) => {
    const begin = offset;
    offset += elementCount(shape) * FLOAT_BYTES;
    return [name, { dtype: 'F32', shape, data_offsets: [begin, offset] }];
  });
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);
  return header;
}
