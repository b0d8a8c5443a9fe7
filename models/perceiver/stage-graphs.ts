/**
 * ONNX graphs of the three stages and of the attention questions. N latents of D channels read M input rows of C channels;
 * O output queries read the latents. One input at a time: arrays are [rows, channels].
 */
import { decoderShape, encoderWidths, FOURIER_CHANNELS, inputChannels, LEARNED_CHANNELS, type PerceiverConfig, selfWidths } from './config';
import { GraphBuilder, type Value, type WeightPlaces } from './graph-builder';
import { type AttentionSpec, layer, linear, normed, probabilities } from './layers';
import { decoderNames, EMBEDDINGS, ENCODER, LATENTS, layerName, POSITIONS } from './parameters';

function encoderSpec(config: PerceiverConfig): AttentionSpec {
  return {
    name: ENCODER,
    heads: config.num_cross_attention_heads,
    ...encoderWidths(config),
    residual: config.use_query_residual,
    activation: config.hidden_act,
  };
}

function layerSpec(config: PerceiverConfig, index: number): AttentionSpec {
  return {
    name: layerName(index),
    heads: config.num_self_attention_heads,
    ...selfWidths(config),
    residual: true,
    activation: config.hidden_act,
  };
}

function decoderSpec(config: PerceiverConfig): AttentionSpec {
  const { qk, v, heads, residual } = decoderShape(config);
  return { name: decoderNames(config).attention, heads, qk, v, residual, activation: config.hidden_act };
}

/** Input rows [M, C] from what preprocessing gives: `ids` [M], or `pixels` [M, 3] with `positions` [M, 258 or 256]. */
function inputRows(graph: GraphBuilder, config: PerceiverConfig): Value {
  if (config.architecture === 'PerceiverForMaskedLM') {
    const ids = graph.input('ids', ['M'], 'int64');
    const places = graph.input('places', ['M'], 'int64');
    const bytes = graph.node('Gather', [graph.weight(EMBEDDINGS), ids]);
    return graph.node('Add', [bytes, graph.node('Gather', [graph.weight(`${POSITIONS}.weight`), places])]);
  }
  const pixels = graph.input('pixels', ['M', 3]);
  if (config.architecture === 'PerceiverForImageClassificationFourier') {
    return graph.node('Concat', [pixels, graph.input('positions', ['M', FOURIER_CHANNELS])], { axis: -1 });
  }
  const positions = graph.input('positions', ['M', LEARNED_CHANNELS]);
  const kernel = graph.node('Reshape', [
    graph.weight('perceiver.input_preprocessor.convnet_1x1.weight'),
    graph.integers([LEARNED_CHANNELS, 3]),
  ]);
  const features = graph.node('Gemm', [pixels, kernel, graph.weight('perceiver.input_preprocessor.convnet_1x1.bias')], { transB: 1 });
  return graph.node('Concat', [features, linear(graph, positions, 'perceiver.input_preprocessor.positions_projection')], { axis: -1 });
}

/** Encode: → `rows` [M, C], `latents` [N, D]. `mask` [M] is added to the scores. */
export function encodeGraph(config: PerceiverConfig, weights: WeightPlaces): Uint8Array {
  const graph = new GraphBuilder('encode', weights);
  const rows = inputRows(graph, config);
  const mask = graph.input('mask', ['M']);
  graph.output('rows', rows, ['M', inputChannels(config)]);
  graph.output('latents', layer(graph, encoderSpec(config), graph.weight(LATENTS), rows, mask), [config.num_latents, config.d_latents]);
  return graph.toBytes();
}

/** Process: layers `from` to `to` (exclusive) of a block; `latents` [N, D] → `after.<layer>` [N, D] for each of them. */
export function processGraph(config: PerceiverConfig, weights: WeightPlaces, from: number, to: number): Uint8Array {
  const graph = new GraphBuilder('process', weights);
  const shape = [config.num_latents, config.d_latents];
  let latents = graph.input('latents', shape);
  for (let index = from; index < to; index += 1) {
    latents = layer(graph, layerSpec(config, index), latents);
    graph.output(`after.${index}`, latents, shape);
  }
  return graph.toBytes();
}

function queryRows(graph: GraphBuilder, config: PerceiverConfig): Value {
  return graph.node('Gather', [graph.weight(decoderNames(config).queries), graph.input('queries', ['O'], 'int64')]);
}

/** Decode: `latents` [N, D] and indices of `queries` [O] → `logits` [O, outputs]. */
export function decodeGraph(config: PerceiverConfig, weights: WeightPlaces): Uint8Array {
  const graph = new GraphBuilder('decode', weights);
  const latents = graph.input('latents', [config.num_latents, config.d_latents]);
  const answers = layer(graph, decoderSpec(config), queryRows(graph, config), latents);
  if (config.architecture === 'PerceiverForMaskedLM') {
    const logits = graph.node('Gemm', [answers, graph.weight(EMBEDDINGS), graph.weight('embedding_decoder.bias')], { transB: 1 });
    graph.output('logits', logits, ['O', config.vocab_size]);
  } else {
    graph.output('logits', linear(graph, answers, decoderNames(config).final), ['O', config.labels.length]);
  }
  return graph.toBytes();
}

/** Encoder attention of chosen latents: `chosen` [R], `rows` [M, C], `mask` [M] → `weights` [heads, R, M]. */
export function encoderAttentionGraph(config: PerceiverConfig, weights: WeightPlaces): Uint8Array {
  const graph = new GraphBuilder('encoder attention', weights);
  const spec = encoderSpec(config);
  const chosen = graph.node('Gather', [graph.weight(LATENTS), graph.input('chosen', ['R'], 'int64')]);
  const rows = graph.input('rows', ['M', inputChannels(config)]);
  const { query, keys } = normed(graph, spec, chosen, rows);
  graph.output('weights', probabilities(graph, spec, query, keys, graph.input('mask', ['M'])), [spec.heads, 'R', 'M']);
  return graph.toBytes();
}

/** Self-attention of chosen latents in one layer: `latents` [N, D] before it, `chosen` [R] → `weights` [heads, R, N]. */
export function layerAttentionGraph(config: PerceiverConfig, weights: WeightPlaces, index: number): Uint8Array {
  const graph = new GraphBuilder(`attention of layer ${index}`, weights);
  const spec = layerSpec(config, index);
  const { query } = normed(graph, spec, graph.input('latents', [config.num_latents, config.d_latents]));
  const chosen = graph.node('Gather', [query, graph.input('chosen', ['R'], 'int64')]);
  graph.output('weights', probabilities(graph, spec, chosen, query), [spec.heads, 'R', config.num_latents]);
  return graph.toBytes();
}

/** Decoder attention of chosen queries: `latents` [N, D] at the end, `queries` [R] → `weights` [heads, R, N]. */
export function decoderAttentionGraph(config: PerceiverConfig, weights: WeightPlaces): Uint8Array {
  const graph = new GraphBuilder('decoder attention', weights);
  const spec = decoderSpec(config);
  const latents = graph.input('latents', [config.num_latents, config.d_latents]);
  const { query, keys } = normed(graph, spec, queryRows(graph, config), latents);
  graph.output('weights', probabilities(graph, spec, query, keys), [spec.heads, 'R', config.num_latents]);
  return graph.toBytes();
}
