/**
 * PerceiverForMultimodalAutoencoding: audio, video and a label become rows of one array (PerceiverMultimodalPreprocessor), and
 * queries of any point of the three are answered from the same latents (PerceiverMultimodalDecoder).
 */
import type { PerceiverConfig } from '../config';
import type { GraphBuilder, Value } from '../graph-builder';
import { linear } from '../layers';
import { type Head, linearParameters } from './head';

export const AUDIO_BANDS = 192;
export const VIDEO_BANDS = 32;
/** The position itself, sines and cosines: along time, and along time, height and width. */
export const AUDIO_POSITION = 1 + 2 * AUDIO_BANDS;
export const VIDEO_POSITION = 3 + 6 * VIDEO_BANDS;
/** Pixels a side of a patch of the input; 4 × 4 × 3 numbers. */
export const VIDEO_PATCH = 4;
const PATCH_CHANNELS = VIDEO_PATCH ** 2 * 3;
/** min_padding_size of the encoder's and of the decoder's rows. */
const ENCODER_PADDING = 4;
const DECODER_PADDING = 2;

const INPUT = 'perceiver.input_preprocessor';
const OUTPUT = 'perceiver.output_postprocessor.modalities';
const BASE = 'perceiver.decoder.decoder';
const LABEL_QUERY = 'perceiver.decoder.modalities.label.decoder.output_position_encodings.position_embeddings';

/** The order in which modalities are read, masked and asked. */
export const MODALITIES = ['audio', 'image', 'label'] as const;
export type Modality = (typeof MODALITIES)[number];

/** Channels of a modality's row before padding. */
function inputWidths(config: PerceiverConfig): Record<Modality, number> {
  return {
    audio: config.samples_per_patch + AUDIO_POSITION,
    image: PATCH_CHANNELS + VIDEO_POSITION,
    label: config.labels.length,
  };
}

function queryWidths(config: PerceiverConfig): Record<Modality, number> {
  return { audio: AUDIO_POSITION, image: VIDEO_POSITION, label: config._label_trainable_num_channels };
}

const channels = (config: PerceiverConfig) => Math.max(...Object.values(inputWidths(config))) + ENCODER_PADDING;
const queryChannels = (config: PerceiverConfig) => Math.max(...Object.values(queryWidths(config))) + DECODER_PADDING;

/** Every row of `rows` [R, …] lengthened by the same trained `padding` [1, P]. */
function padded(graph: GraphBuilder, rows: readonly Value[], padding: string, width: number): Value {
  const count = graph.node('Shape', [rows[0]!], { start: 0, end: 1 });
  const shape = graph.node('Concat', [count, graph.integers([width])], { axis: 0 });
  return graph.node('Concat', [...rows, graph.node('Expand', [graph.weight(padding), shape])], { axis: -1 });
}

export const MULTIMODAL: Head = {
  channels,
  rows: (config) =>
    Math.ceil(samples(config) / config.samples_per_patch) + config.num_frames * Math.ceil(config.image_size / VIDEO_PATCH) ** 2 + 1,
  parts: MODALITIES,
  decoder: (config) => {
    const width = config.cross_attention_shape_for_attention === 'kv' ? config.d_latents : queryChannels(config);
    return {
      attention: `${BASE}.decoding_cross_attention`,
      channels: queryChannels(config),
      qk: width,
      v: width,
      heads: 1,
      residual: false,
      queries: config.output_shape.slice(1).reduce((product, side) => product * side, 1),
      table: null,
    };
  },
  parameters: (config, declare) => {
    const [input, query] = [inputWidths(config), queryWidths(config)];
    const outputs = { audio: config.samples_per_patch, image: 3, label: config.labels.length };
    for (const modality of MODALITIES) {
      declare(`${INPUT}.mask.${modality}`, [1, channels(config)]);
      declare(`${INPUT}.padding.${modality}`, [1, channels(config) - input[modality]]);
      declare(`perceiver.decoder.padding.${modality}`, [1, queryChannels(config) - query[modality]]);
      linearParameters(declare, `${OUTPUT}.${modality}.classifier`, outputs[modality], config.output_num_channels);
    }
    declare(LABEL_QUERY, [1, query.label]);
    linearParameters(declare, `${BASE}.final_layer`, config.output_num_channels, queryChannels(config));
  },
  /** The label is always masked, so that its row is the trained mask and nothing of the label given. */
  inputRows: (graph, config) => {
    const width = inputWidths(config);
    const audio = [graph.input('audio', ['A', config.samples_per_patch]), graph.input('audio_positions', ['A', AUDIO_POSITION])];
    const image = [graph.input('image', ['I', PATCH_CHANNELS]), graph.input('image_positions', ['I', VIDEO_POSITION])];
    return graph.node(
      'Concat',
      [
        padded(graph, audio, `${INPUT}.padding.audio`, channels(config) - width.audio),
        padded(graph, image, `${INPUT}.padding.image`, channels(config) - width.image),
        graph.weight(`${INPUT}.mask.label`),
      ],
      { axis: 0 },
    );
  },
  /** `positions` [O, 385 or 195]; the label has one query of its own. */
  queryRows: (graph, config, part) => {
    const modality = part as Modality;
    const width = queryWidths(config)[modality];
    const rows = modality === 'label' ? graph.weight(LABEL_QUERY) : graph.input('positions', ['O', width]);
    return padded(graph, [rows], `perceiver.decoder.padding.${modality}`, queryChannels(config) - width);
  },
  logits: (graph, config, answer, part) => {
    const outputs = { audio: config.samples_per_patch, image: 3, label: config.labels.length }[part as Modality];
    const rows = linear(graph, answer, `${BASE}.final_layer`);
    return { value: linear(graph, rows, `${OUTPUT}.${part}.classifier`), dimensions: ['O', outputs] };
  },
};

/** Samples of a whole clip. */
export function samples(config: PerceiverConfig): number {
  return config.num_frames * config.audio_samples_per_frame;
}
