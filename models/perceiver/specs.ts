/** The attentions of a model: where their parameters stand, how wide they are, and in which form they are computed. */
import { attentionForm } from './attention-form';
import type { PerceiverConfig } from './config';
import { HEADS } from './heads';
import type { AttentionSpec } from './layers';
import { coreNames } from './parameters';
import { decoderShape, encoderWidths, inputChannels, selfWidths } from './widths';

export function encoderSpec(config: PerceiverConfig): AttentionSpec {
  const { qk, v } = encoderWidths(config);
  const heads = config.num_cross_attention_heads;
  const channels = inputChannels(config);
  const shape = { queries: config.num_latents, inputs: HEADS[config.architecture].rows(config), channels, heads };
  return {
    name: coreNames(config).encoder,
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
    name: coreNames(config).layer(index),
    heads: config.num_self_attention_heads,
    ...selfWidths(config),
    channels: config.d_latents,
    residual: true,
    activation: config.hidden_act,
    keyForm: 'projected',
    valueForm: 'projected',
  };
}

/** Throws `RangeError` for the bare model, which has no decoder. */
export function decoderSpec(config: PerceiverConfig): AttentionSpec {
  const decoder = decoderShape(config);
  if (!decoder) throw new RangeError('the bare model has no decoder');
  const { qk, v, heads } = decoder;
  const shape = { queries: decoder.queries, inputs: config.num_latents, channels: config.d_latents, heads };
  return {
    name: decoder.attention,
    heads,
    qk,
    v,
    channels: config.d_latents,
    residual: decoder.residual,
    activation: config.hidden_act,
    keyForm: attentionForm({ ...shape, width: qk }),
    valueForm: attentionForm({ ...shape, width: v }),
  };
}
