/**
 * How one side of a cross-attention is computed, chosen by its shape alone when the graph is written.
 *
 * projected: project the inputs, then multiply: K = X Wkᵀ, scores = Q Kᵀ; V = X Wvᵀ, out = P V.
 * folded:    carry the projection to the side of the queries: scores = (Q Wk) Xᵀ, out = (P X) Wvᵀ. The inputs, of which there
 *            may be many, are then read as they are. A key's bias adds the same to a whole row of scores, which softmax
 *            ignores; a row of P sums to 1, so the value's bias is added once behind.
 *
 * Multiplications decide; measured on two AMD cores with onnxruntime-node 1.30 (`npm run bench` measures a whole run):
 *
 *   queries x inputs x channels -> width, heads   projected   folded
 *   see ARCHITECTURE.md
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
