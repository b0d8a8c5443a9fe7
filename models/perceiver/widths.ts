/** Widths that follow from a config (PerceiverEncoder, PerceiverBasicDecoder). */
import { invalidConfig, type PerceiverConfig, parseFields } from './config';
import { type DecoderShape, HEADS } from './heads';

export interface Widths {
  readonly qk: number;
  readonly v: number;
}

/** C, the channels of an input row as the encoder reads it. */
export function inputChannels(config: PerceiverConfig): number {
  return HEADS[config.architecture].channels(config);
}

/** Self-attention takes `d_latents` where no `qk_channels` is given, values the width of keys where no `v_channels` is. */
export function selfWidths(config: PerceiverConfig): Widths {
  const qk = config.qk_channels ?? config.d_latents;
  return { qk, v: config.v_channels ?? qk };
}

/** The encoder's cross-attention follows the width of the input ("kv") or of the latents ("q"). */
export function encoderWidths(config: PerceiverConfig): Widths {
  const qk = config.qk_channels ?? (config.cross_attention_shape_for_attention === 'kv' ? inputChannels(config) : config.d_latents);
  return { qk, v: config.v_channels ?? qk };
}

/** null: the bare model has no decoder. */
export function decoderShape(config: PerceiverConfig): DecoderShape | null {
  return HEADS[config.architecture].decoder(config);
}

/** `config.json` as `parseFields` reads it, with widths that fit each other. Throws `config-invalid` and `model-unsupported`. */
export function parseConfig(text: string): PerceiverConfig {
  const config = parseFields(text);
  const { qk, v } = selfWidths(config);
  if (v !== config.d_latents)
    throw invalidConfig(`“v_channels” is ${v} but “d_latents” is ${config.d_latents}; the residual of a layer needs them equal`);
  checkHeads(qk, v, config.num_self_attention_heads, '');
  const cross = encoderWidths(config);
  checkHeads(cross.qk, cross.v, config.num_cross_attention_heads, ' of the encoder');
  const decoder = decoderShape(config);
  if (decoder) checkHeads(decoder.qk, decoder.v, decoder.heads, ' of the decoder');
  return config;
}

function checkHeads(qk: number, v: number, heads: number, whose: string): void {
  if (qk % heads || v % heads) throw invalidConfig(`${qk} and ${v} channels do not split into ${heads} heads${whose}`);
}
