/**
 * How one side of a cross-attention is computed, chosen by its shape alone when the graph is written.
 *
 * projected: project the inputs, then multiply: K = X Wkᵀ, scores = Q Kᵀ; V = X Wvᵀ, out = P V.
 * folded:    carry the projection to the side of the queries: scores = (Q Wk) Xᵀ, out = (P X) Wvᵀ. The inputs, of which there
 *            may be many, are then read as they are. A key's bias adds the same to a whole row of scores, which softmax
 *            ignores; a row of P sums to 1, so the value's bias is added once behind.
 *
 * Multiplications decide, and measurements agree: a whole layer in milliseconds, best of 13, two threads of an AMD EPYC (AVX2)
 * shared with other work, onnxruntime-node 1.30.
 *
 *   queries  inputs  channels  width  heads   projected  folded
 *        64    1024       261    128      8         5.6     9.6   CIFAR-10 from pixels
 *        64    1024       261    261      1         5.3     2.0
 *       512    4096       261    261      1         163      98   the published image models, smaller
 *       512   16384       261    261      1         713     372
 *       256    2048       768    256      8          51     248   the published language model
 *         1     512      1024   1024      1          46     1.7   a classifier's decoder
 */
export type AttentionForm = 'projected' | 'folded';

export interface SideShape {
  readonly queries: number;
  readonly inputs: number;
  /** Channels of an input row. */
  readonly channels: number;
  /** Channels after projection, of all heads. */
  readonly width: number;
  readonly heads: number;
}

export function attentionForm({ queries, inputs, channels, width, heads }: SideShape): AttentionForm {
  const projected = inputs * channels * width + queries * inputs * width;
  const folded = queries * width * channels + heads * queries * inputs * channels;
  return folded < projected ? 'folded' : 'projected';
}
