import type { ByteSource } from './byte-source';
import { readFloats, type Safetensors } from './safetensors';

/** Name of the first tensor that holds a NaN or an infinity, or null. Reads all weights, one tensor at a time. */
export async function findNonFinite(source: ByteSource, { tensors }: Safetensors): Promise<string | null> {
  for (const entry of tensors.values()) {
    if (!allFinite(await readFloats(source, entry))) return entry.name;
  }
  return null;
}

/** Whether every value is a finite number. */
export function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i += 1) if (!Number.isFinite(values[i]!)) return false;
  return true;
}
