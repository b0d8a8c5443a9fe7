/** Writes a `.safetensors` file tensor by tensor, so that no more than one is in memory. */
import { safetensorsHeader } from '../../models/checkpoint/safetensors';
import { elementCount } from '../../models/tensor';
import { writeWhole } from '../host/atomic-write';

export interface PlannedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Float32 values, row-major; asked for when its turn comes. */
  readonly values: () => Promise<Float32Array>;
}

/** Throws `output-unwritable`. What `values` throws goes through, and leaves no file. */
export function writeSafetensors(path: string, tensors: readonly PlannedTensor[]): Promise<void> {
  return writeWhole(path, async (write) => {
    await write(safetensorsHeader(tensors.map(({ name, shape }) => [name, shape])));
    for (const { name, shape, values } of tensors) {
      const data = await values();
      if (data.length !== elementCount(shape)) throw new RangeError(`${name} has ${data.length} values, not ${shape.join(' × ')}`);
      await write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    }
  });
}
