/** PerceiverClassificationDecoder: one trained query with the query residual, one head, then a linear layer to the labels. */
import type { PerceiverConfig } from '../config';
import { linear } from '../layers';
import { type Declare, type DecoderShape, type Head, linearParameters } from './head';

const BASE = 'perceiver.decoder.decoder';

export const CLASSIFICATION: Pick<Head, 'decoder' | 'parts' | 'logits'> = {
  parts: [''],
  decoder: ({ d_latents: width }: PerceiverConfig): DecoderShape => ({
    attention: `${BASE}.decoding_cross_attention`,
    channels: width,
    qk: width,
    v: width,
    heads: 1,
    residual: true,
    queries: 1,
    table: `${BASE}.output_position_encodings.position_embeddings`,
  }),
  logits: (graph, config, answer) => ({
    value: linear(graph, answer, `${BASE}.final_layer`),
    dimensions: ['O', config.labels.length],
  }),
};

export function classificationParameters(config: PerceiverConfig, declare: Declare): void {
  declare(`${BASE}.output_position_encodings.position_embeddings`, [1, config.d_latents]);
  linearParameters(declare, `${BASE}.final_layer`, config.labels.length, config.d_latents);
}
