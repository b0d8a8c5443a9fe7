/** Parameters that questions feed, as float32, read from the checkpoint when needed and kept within a budget. */
import type { WeightFiles } from '../checkpoint/byte-source';
import type { Safetensors } from '../checkpoint/safetensors';
import { readFloats } from '../checkpoint/tensor-entry';
import type { Tensor } from '../tensor';

const MAX_BYTES = 64_000_000;

export class ParameterCache {
  readonly #weights: WeightFiles;
  readonly #header: Safetensors;
  readonly #kept = new Map<string, Tensor>();
  #bytes = 0;

  constructor(weights: WeightFiles, header: Safetensors) {
    this.#weights = weights;
    this.#header = header;
  }

  async get(name: string): Promise<Tensor> {
    const kept = this.#kept.get(name);
    if (kept) {
      this.#kept.delete(name);
      this.#kept.set(name, kept);
      return kept;
    }
    const entry = this.#header.tensors.get(name);
    if (!entry) throw new RangeError(`no parameter ${name}`);
    const tensor = { data: await readFloats(this.#weights, entry), shape: entry.shape };
    this.#kept.set(name, tensor);
    this.#bytes += tensor.data.byteLength;
    for (const [oldest, { data }] of this.#kept) {
      if (this.#bytes <= MAX_BYTES || oldest === name) break;
      this.#kept.delete(oldest);
      this.#bytes -= data.byteLength;
    }
    return tensor;
  }
}
