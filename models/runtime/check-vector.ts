/**
 * The shipped vector: a tiny masked language model with seeded weights, its input, and the logits that transformers computes
 * from them in float32. `scripts/make-check-vector.py` makes the numbers again, with the same generator.
 */
import { CHECK_EXPECTED } from './check-expected';
import type { ModelSource } from './model-source';
import { seededModel } from './seeded-model';

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

/** The tiny model as a source in memory. */
export function checkSource(): ModelSource {
  return seededModel('check', CONFIG, 7);
}
