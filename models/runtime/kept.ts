import type { Tensor } from '../tensor';
import type { OutputQueries } from './output-queries';

/** What a run keeps so that questions can be answered later; nothing of it is an attention map. */
export interface Kept {
  /** What the encoder's scores are made from, as its stage gave it: [M, qk or C]. */
  readonly keys: Tensor;
  /** Added to the encoder's scores: [M]. */
  readonly mask: Tensor;
  /** Latents before layer l of block b at [b × layers + l]; the last entry are the final latents. */
  readonly latents: readonly Tensor[];
  readonly queries: OutputQueries;
}

export function keptBytes({ keys, mask, latents }: Kept): number {
  return 4 * [keys, mask, ...latents].reduce((sum, { data }) => sum + data.length, 0);
}
