import type { Tensor } from '../tensor';

/** What a run keeps so that questions can be answered later; nothing of it is an attention map. */
export interface Kept {
  readonly rows: Tensor;
  readonly mask: Tensor;
  /** Latents before layer l of block b at [b × layers + l]; the last entry are the final latents. */
  readonly latents: readonly Tensor[];
  readonly queries: readonly number[];
}
