/** The attentions of a model: where their parameters stand, how wide they are, and in which form they are computed. */
import { attentionForm } from './attention-form';
import { decoderShape, encoderWidths, inputChannels, type PerceiverConfig, selfWidths } from './config';
import type { AttentionSpec } from './layers';
import { decoderNames, ENCODER, layerName } from './parameters';

/** M where a config tells it; the form of the encoder hardly depends on it. */
function typicalRows(config: PerceiverConfig): number {
  return config.architecture === 'PerceiverForMaskedLM' ? config.max_position_embeddings : config.image_size ** 2;
}

export function encoderSpec(config: PerceiverConfig): AttentionSpec {
  const { qk, v } = encoderWidths(config);
  const heads = config.num_cross_attention_heads;
  const channels = inputChannels(config);
  const shape = { queries: config.num_latents, inputs: typicalRows(config), channels, heads };
  return {
    name: ENCODER,
    heads,
    qk,
    v,
    channels,
    residual: config.use_query_residual,
    activation: config.hidden_act,
    keyForm: attentionForm({ ...shape, width: qk }),
    valueForm: attentionForm({ ...shape, width: v }),
  };
}

export function layerSpec(config: PerceiverConfig, index: number): AttentionSpec {
  return {
    name: layerName(index),
    heads: config.num_self_attention_heads,
    ...selfWidths(config),
    channels: config.d_latents,
    residual: true,
    activation: config.hidden_act,
    keyForm: 'projected',
    valueForm: 'projected',
  };
}

export function decoderSpec(config: PerceiverConfig): AttentionSpec {
  const { qk, v, heads, residual } = decoderShape(config);
  const queries = config.architecture === 'PerceiverForMaskedLM' ? config.max_position_embeddings : 1;
  const shape = { queries, inputs: config.num_latents, channels: config.d_latents, heads };
  return {
    name: decoderNames(config).attention,
    heads,
    qk,
    v,
    channels: config.d_latents,
    residual,
    activation: config.hidden_act,
    keyForm: attentionForm({ ...shape, width: qk }),
    valueForm: attentionForm({ ...shape, width: v }),
  };
}
