/**
 * The shipped vector: a tiny masked language model with seeded weights, its input, and the logits that transformers computes
 * from them in float32. `scripts/make-check-vector.py` makes the numbers again, with the same generator.
 */
import { bytesSource } from '../checkpoint/byte-source';
import { writeSafetensors } from '../checkpoint/safetensors';
import { parseConfig } from '../perceiver/config';
import { expectedParameters } from '../perceiver/parameters';
import { elementCount } from '../tensor';
import { CHECK_EXPECTED } from './check-expected';
import type { ModelSource } from './model-source';

const CONFIG = {
  model_type: 'perceiver',
  architectures: ['PerceiverForMaskedLM'],
  vocab_size: 40,
  max_position_embeddings: 12,
  d_model: 32,
  d_latents: 32,
  num_latents: 16,
  num_blocks: 2,
  num_self_attends_per_block: 2,
  num_self_attention_heads: 4,
  num_cross_attention_heads: 2,
  qk_channels: 32,
  v_channels: 32,
};

/** Ids of the input, [12]. */
export const CHECK_IDS: readonly number[] = [4, 10, 17, 3, 3, 25, 30, 39, 8, 3, 22, 5];
/** Largest difference of a logit (their spread is about 8) at which an engine is still trusted; float32 engines differ by some 1e-6. */
export const CHECK_LIMIT = 1e-3;

/** Expected logits, [12, 40]. */
export function checkLogits(): Float32Array {
  const bytes = Uint8Array.from(atob(CHECK_EXPECTED), (letter) => letter.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

/** mulberry32: the same 32-bit numbers on every machine, here as floats in [-1, 1). */
function uniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2147483648 - 1;
  };
}

/** The tiny model as a source in memory. Norm weights lie around 1, everything else within ±0.5. */
export function checkSource(): ModelSource {
  const text = JSON.stringify(CONFIG);
  const next = uniform(7);
  const tensors = [...expectedParameters(parseConfig(text))].map(([name, shape]) => {
    const isNormWeight = /layernorm\d?\.weight$/.test(name);
    const data = Float32Array.from({ length: elementCount(shape) }, () => (isNormWeight ? 1 : 0) + next() / 2);
    return [name, { shape, data }] as const;
  });
  return { id: 'check', readText: async (file) => (file === 'config.json' ? text : null), weights: bytesSource(writeSafetensors(tensors)) };
}
