/** PerceiverModel without preprocessor and decoder: `inputs` [M, d_model] in, latents out. */
import type { Head } from './head';

export const BARE: Head = {
  channels: (config) => config.d_model,
  rows: (config) => config.max_position_embeddings,
  parts: [],
  decoder: () => null,
  parameters: () => undefined,
  inputRows: (graph, config) => graph.input('inputs', ['M', config.d_model]),
  logits: () => {
    throw new RangeError('the bare model has no decoder');
  },
};
