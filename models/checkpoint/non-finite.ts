import type { ByteSource, WeightFiles } from './byte-source';
import type { Safetensors } from './safetensors';
import { readFloats } from './tensor-entry';

/** Name of the first tensor that holds a NaN or an infinity, or null. Reads all weights, one tensor at a time. */
export async function findNonFinite(from: ByteSource | WeightFiles, { tensors }: Safetensors): Promise<string | null> {
  for (const entry of tensors.values()) {
    if (!allFinite(await readFloats(from, entry))) return entry.name;
  }
  return null;
}

/** Whether every value is a finite number. */
export function allFinite(values: Float32Array): boolean {
  for (let i = 0; i < values.length; i += 1) if (!Number.isFinite(values[i]!)) return false;
  return true;
}
