/** Writes a `.safetensors` file tensor by tensor, so that no more than one is in memory. Whole or not at all. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { LabError } from '../../models/lab-error';
import { elementCount } from '../../models/tensor';

export interface PlannedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Float32 values, row-major; asked for when its turn comes. */
  readonly values: () => Promise<Float32Array>;
}

const FLOAT_BYTES = 4;

/** Throws `output-unwritable`. What `values` throws goes through, and leaves no file. */
export async function writeSafetensors(path: string, tensors: readonly PlannedTensor[]): Promise<void> {
  const temporary = `${path}.${process.pid}-${randomUUID()}.tmp`;
  const file = await guarded(path, async () => {
    await mkdir(dirname(path), { recursive: true });
    return open(temporary, 'wx');
  });
  try {
    await guarded(path, () => writeAll(file, headerOf(tensors)));
    for (const tensor of tensors) {
      const values = await tensor.values();
      if (values.length !== elementCount(tensor.shape))
        throw new RangeError(`${tensor.name} has ${values.length} values, not ${tensor.shape.join(' × ')}`);
      await guarded(path, () => writeAll(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)));
    }
    await guarded(path, () => file.sync());
    await file.close();
    await guarded(path, () => rename(temporary, path));
  } catch (thrown) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true }).catch(() => undefined);
    throw thrown;
  }
}

/** `write` may write less than it was given. */
async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
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

async function guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw unwritable(path, thrown);
  }
}

export function unwritable(path: string, thrown: unknown): LabError {
  const code = (thrown as NodeJS.ErrnoException).code;
  const why = code === 'ENOSPC' ? 'The disk is full.' : code === 'ENOTDIR' || code === 'EEXIST' ? 'A file is in the way.' : '';
  return new LabError(
    'output-unwritable',
    `${path} cannot be written.${why ? ` ${why}` : ''}`,
    'Choose another place, or change its permissions.',
    {
      detail: thrown instanceof Error ? thrown.message : String(thrown),
      cause: thrown,
    },
  );
}
