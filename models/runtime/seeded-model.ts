/** A model with weights drawn from a seed, in memory: the same numbers on every machine. */
import { bytesSource } from '../checkpoint/byte-source';
import { writeSafetensors } from '../checkpoint/safetensors';
import { expectedParameters } from '../perceiver/parameters';
import { parseConfig } from '../perceiver/widths';
import { elementCount } from '../tensor';
import type { ModelSource } from './model-source';

/** mulberry32: 32-bit numbers, here as floats in [-1, 1). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1;
  };
}

export interface SeededModel extends ModelSource {
  readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;
}

/** `config` as in config.json. Weights of norms and variances lie in [0.5, 1.5), everything else in [-0.5, 0.5). */
export function seededModel(id: string, config: object, seed: number, files: Readonly<Record<string, string>> = {}): SeededModel {
  const text = JSON.stringify(config);
  const next = uniform(seed);
  const tensors = new Map(
    [...expectedParameters(parseConfig(text))].map(([name, shape]) => {
      const isPositive = /(?:layernorm\d?|batchnorm)\.weight$|running_var$/.test(name);
      return [name, { shape, data: Float32Array.from({ length: elementCount(shape) }, () => (isPositive ? 1 : 0) + next() / 2) }];
    }),
  );
  return {
    id,
    tensors,
    readText: async (file) => (file === 'config.json' ? text : (files[file] ?? null)),
    weights: new Map([['model.safetensors', bytesSource(writeSafetensors(tensors))]]),
  };
}
