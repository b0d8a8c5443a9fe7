/**
 * Names of DeepMind's Haiku modules, as Hugging Face calls the same parameters (transformers,
 * convert_perceiver_haiku_to_pytorch.py; its rules, written as a table).
 */

/** Names outside attention, before “perceiver.” is put in front. */
const NAMES: Readonly<Record<string, string>> = {
  'embed/embeddings': 'input_preprocessor.embeddings.weight',
  'trainable_position_encoding/pos_embs': 'input_preprocessor.position_embeddings.weight',
  'image_preprocessor/~/conv2_d/w': 'input_preprocessor.convnet_1x1.weight',
  'image_preprocessor/~/conv2_d/b': 'input_preprocessor.convnet_1x1.bias',
  'image_preprocessor/~_build_network_inputs/trainable_position_encoding/pos_embs':
    'input_preprocessor.position_embeddings.position_embeddings',
  'image_preprocessor/~_build_network_inputs/position_encoding_projector/linear/w': 'input_preprocessor.positions_projection.weight',
  'image_preprocessor/~_build_network_inputs/position_encoding_projector/linear/b': 'input_preprocessor.positions_projection.bias',
  'image_preprocessor/~/conv2_d_downsample/~/conv/w': 'input_preprocessor.convnet.conv.weight',
  'image_preprocessor/~/conv2_d_downsample/~/batchnorm/offset': 'input_preprocessor.convnet.batchnorm.bias',
  'image_preprocessor/~/conv2_d_downsample/~/batchnorm/scale': 'input_preprocessor.convnet.batchnorm.weight',
  'image_preprocessor/~/conv2_d_downsample/~/batchnorm/~/mean_ema/average': 'input_preprocessor.convnet.batchnorm.running_mean',
  'image_preprocessor/~/conv2_d_downsample/~/batchnorm/~/var_ema/average': 'input_preprocessor.convnet.batchnorm.running_var',
  'image_preprocessor/patches_linear/w': 'input_preprocessor.conv_after_patches.weight',
  'image_preprocessor/patches_linear/b': 'input_preprocessor.conv_after_patches.bias',
  'multimodal_preprocessor/audio_mask_token/pos_embs': 'input_preprocessor.mask.audio',
  'multimodal_preprocessor/audio_padding/pos_embs': 'input_preprocessor.padding.audio',
  'multimodal_preprocessor/image_mask_token/pos_embs': 'input_preprocessor.mask.image',
  'multimodal_preprocessor/image_padding/pos_embs': 'input_preprocessor.padding.image',
  'multimodal_preprocessor/label_mask_token/pos_embs': 'input_preprocessor.mask.label',
  'multimodal_preprocessor/label_padding/pos_embs': 'input_preprocessor.padding.label',
  'multimodal_decoder/~decoder_query/audio_padding/pos_embs': 'decoder.padding.audio',
  'multimodal_decoder/~decoder_query/image_padding/pos_embs': 'decoder.padding.image',
  'multimodal_decoder/~decoder_query/label_padding/pos_embs': 'decoder.padding.label',
  'projection_postprocessor/linear/w': 'output_postprocessor.modalities.image.classifier.weight',
  'projection_postprocessor/linear/b': 'output_postprocessor.modalities.image.classifier.bias',
  'classification_postprocessor/linear/w': 'output_postprocessor.modalities.label.classifier.weight',
  'classification_postprocessor/linear/b': 'output_postprocessor.modalities.label.classifier.bias',
  'audio_postprocessor/linear/w': 'output_postprocessor.modalities.audio.classifier.weight',
  'audio_postprocessor/linear/b': 'output_postprocessor.modalities.audio.classifier.bias',
};

const ATTENTION: Readonly<Record<string, string>> = {
  'attention/linear': 'attention.self.query',
  'attention/linear_1': 'attention.self.key',
  'attention/linear_2': 'attention.self.value',
  'attention/linear_3': 'attention.output.dense',
  'mlp/linear': 'mlp.dense1',
  'mlp/linear_1': 'mlp.dense2',
};
const CROSS: Readonly<Record<string, string>> = {
  ...ATTENTION,
  layer_norm: 'attention.self.layernorm1',
  layer_norm_1: 'attention.self.layernorm2',
  layer_norm_2: 'layernorm',
};
const SELF: Readonly<Record<string, string>> = { ...ATTENTION, layer_norm: 'attention.self.layernorm1', layer_norm_1: 'layernorm' };
const PARAMETERS: Readonly<Record<string, string>> = { w: 'weight', b: 'bias', scale: 'weight', offset: 'bias' };

/** Moving averages count their steps and keep a hidden sum; a model that runs needs neither. */
export function isBookkeeping(name: string): boolean {
  return /(?:^|\/)(?:counter|hidden)$/.test(name);
}

/** Hugging Face's name of `module/parameter`, or null for one it does not know. `multimodal`: the pickle holds that decoder. */
export function huggingFaceName(name: string, multimodal: boolean): string | null {
  if (name === 'embedding_decoder/bias') return 'embedding_decoder.bias';
  const inner = own(NAMES, name) ?? encoderName(name) ?? decoderName(name, multimodal);
  return inner === null ? null : `perceiver.${inner}`;
}

function own(table: Readonly<Record<string, string>>, name: string): string | null {
  return Object.hasOwn(table, name) ? table[name]! : null;
}

function encoderName(name: string): string | null {
  const rest = /^(?:perceiver_)?encoder\/~\/(.+)$/.exec(name)?.[1];
  if (rest === undefined) return null;
  if (rest === 'trainable_position_encoding/pos_embs') return 'embeddings.latents';
  const [, kind, layer, inside] = /^(cross_attention|self_attention(?:_(\d+))?)\/(.+)$/.exec(rest) ?? [];
  if (kind === undefined) return null;
  return kind === 'cross_attention'
    ? attentionName('encoder.cross_attention', CROSS, inside!)
    : attentionName(`encoder.self_attends.${layer ?? 0}`, SELF, inside!);
}

function decoderName(name: string, multimodal: boolean): string | null {
  const [, wrapper, rest] = /^(?:(classification|flow|multimodal)_decoder\/~\/)?basic_decoder\/(.+)$/.exec(name) ?? [];
  if (rest === undefined) return null;
  const base = wrapper === undefined ? 'decoder' : 'decoder.decoder';
  if (rest === '~/trainable_position_encoding/pos_embs') {
    const place = multimodal && wrapper === 'classification' ? 'decoder.modalities.label.decoder' : base;
    return `${place}.output_position_encodings.position_embeddings`;
  }
  const output = /^output\/([wb])$/.exec(rest)?.[1];
  if (output !== undefined) return `${base}.final_layer.${PARAMETERS[output]}`;
  const inside = /^cross_attention\/(.+)$/.exec(rest)?.[1];
  return inside === undefined ? null : attentionName(`${base}.decoding_cross_attention`, CROSS, inside);
}

/** `inside`: a module of the attention, then its parameter. */
function attentionName(base: string, modules: Readonly<Record<string, string>>, inside: string): string | null {
  const end = inside.lastIndexOf('/');
  const module = own(modules, inside.slice(0, end));
  const parameter = own(PARAMETERS, inside.slice(end + 1));
  return module === null || parameter === null ? null : `${base}.${module}.${parameter}`;
}
