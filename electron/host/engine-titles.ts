/** Engines as a person reads them, and their times. */
import type { EngineName } from '../../models/runtime/types';

export const ENGINE_TITLES: Readonly<Record<EngineName, string>> = { native: 'CPU', wasm: 'WASM', webgpu: 'WebGPU' };

/** `9.8 ms`, `139.8 ms`, `1.62 s`. */
export function inWords(milliseconds: number): string {
  return milliseconds < 1000 ? `${milliseconds.toFixed(1)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}
