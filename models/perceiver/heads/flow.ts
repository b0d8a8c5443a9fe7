/** PerceiverForOpticalFlow: patches of two frames read, and asked again: a query is an input row. */
import type { PerceiverConfig } from '../config';
import type { GraphBuilder, Value } from '../graph-builder';
import { linear } from '../layers';
import { type Head, linearParameters } from './head';
import { FOURIER_CHANNELS } from './image';

/** 3 × 3 pixels of three colours in each of two frames. */
export const FLOW_PATCH = 54;
const FEATURES = 64;
const BASE = 'perceiver.decoder.decoder';
const PATCHES = 'perceiver.input_preprocessor.conv_after_patches';
/** PerceiverOpticalFlowDecoder's rescale_factor. */
const RESCALE = 100;

/** `patches` [rows, 54] and `positions` [rows, 258] → [rows, 322]. */
function flowRows(graph: GraphBuilder): Value {
  const features = linear(graph, graph.input('patches', ['P', FLOW_PATCH]), PATCHES);
  return graph.node('Concat', [features, graph.input('positions', ['P', FOURIER_CHANNELS])], { axis: -1 });
}

export const OPTICAL_FLOW: Head = {
  channels: () => FEATURES + FOURIER_CHANNELS,
  rows: pixels,
  parts: [''],
  decoder: (config) => {
    const channels = FEATURES + FOURIER_CHANNELS;
    const width = config.cross_attention_shape_for_attention === 'kv' ? config.d_latents : channels;
    return {
      attention: `${BASE}.decoding_cross_attention`,
      channels,
      qk: width,
      v: width,
      heads: 1,
      residual: false,
      queries: pixels(config),
      table: null,
    };
  },
  parameters: (_, declare) => {
    linearParameters(declare, PATCHES, FEATURES, FLOW_PATCH);
    linearParameters(declare, `${BASE}.final_layer`, 2, FEATURES + FOURIER_CHANNELS);
  },
  inputRows: flowRows,
  queryRows: flowRows,
  logits: (graph, _, answer) => {
    const flow = linear(graph, answer, `${BASE}.final_layer`);
    return { value: graph.node('Div', [flow, graph.floats([RESCALE], [1])]), dimensions: ['O', 2] };
  },
};

function pixels({ train_size: [height, width] }: PerceiverConfig): number {
  return height * width;
}
