/**
 * ONNX graphs of the three stages. N latents of D channels read M input rows of C channels; O output queries read the
 * latents. One input at a time: arrays are [rows, channels]. Weights stay in the checkpoint's file.
 */
import { FOURIER_CHANNELS, LEARNED_CHANNELS, type PerceiverConfig } from './config';
import { GraphBuilder, type Value, type WeightPlaces } from './graph-builder';
import { layer, linear } from './layers';
import { CONVOLUTION, decoderNames, EMBEDDINGS, LATENTS, POSITIONS } from './parameters';
import { decoderSpec, encoderSpec, layerSpec } from './specs';

/** Input rows [M, C] from what preprocessing gives: `ids` [M], or `pixels` [M, 3] with `positions` [M, 258 or 256]. */
function inputRows(graph: GraphBuilder, config: PerceiverConfig): Value {
  if (config.architecture === 'PerceiverForMaskedLM') {
    const bytes = graph.node('Gather', [graph.weight(EMBEDDINGS), graph.input('ids', ['M'], 'int32')]);
    const places = graph.node('Gather', [graph.weight(`${POSITIONS}.weight`), graph.input('places', ['M'], 'int32')]);
    return graph.node('Add', [bytes, places]);
  }
  const pixels = graph.input('pixels', ['M', 3]);
  if (config.architecture === 'PerceiverForImageClassificationFourier') {
    return graph.node('Concat', [pixels, graph.input('positions', ['M', FOURIER_CHANNELS])], { axis: -1 });
  }
  const kernel = graph.node('Reshape', [graph.weight(`${CONVOLUTION}.weight`), graph.integers([LEARNED_CHANNELS, 3])]);
  const features = graph.node('Gemm', [pixels, kernel, graph.weight(`${CONVOLUTION}.bias`)], { transB: 1 });
  return graph.node('Concat', [features, graph.input('positions', ['M', LEARNED_CHANNELS])], { axis: -1 });
}

/**
 * Encode: → `keys` [M, qk or C] (what its attention's scores are made from, for questions) and `latents` [N, D].
 * `mask` [M] is added to the scores.
 */
export function encodeGraph(config: PerceiverConfig, weights: WeightPlaces): Uint8Array {
  const graph = GraphBuilder.stored('encode', weights);
  const spec = encoderSpec(config);
  const inputs = inputRows(graph, config);
  const { out, keys } = layer(graph, spec, { rows: graph.weight(LATENTS), inputs, mask: graph.input('mask', ['M']) });
  graph.output('keys', keys, ['M', spec.keyForm === 'folded' ? spec.channels : spec.qk]);
  graph.output('latents', out, [config.num_latents, config.d_latents]);
  return graph.toBytes();
}

/** Process: layers `from` to `to` (exclusive) of a block; `latents` [N, D] → `after.<layer>` [N, D] for each of them. */
export function processGraph(config: PerceiverConfig, weights: WeightPlaces, from: number, to: number): Uint8Array {
  const graph = GraphBuilder.stored('process', weights);
  const shape = [config.num_latents, config.d_latents];
  let latents = graph.input('latents', shape);
  for (let index = from; index < to; index += 1) {
    latents = layer(graph, layerSpec(config, index), { rows: latents }).out;
    graph.output(`after.${index}`, latents, shape);
  }
  return graph.toBytes();
}

/** Decode: `latents` [N, D] and indices of `queries` [O] → `logits` [O, outputs]. */
export function decodeGraph(config: PerceiverConfig, weights: WeightPlaces): Uint8Array {
  const graph = GraphBuilder.stored('decode', weights);
  const names = decoderNames(config);
  const { out } = layer(graph, decoderSpec(config), {
    rows: graph.weight(names.queries),
    chosen: graph.input('queries', ['O'], 'int32'),
    inputs: graph.input('latents', [config.num_latents, config.d_latents]),
  });
  if (config.architecture === 'PerceiverForMaskedLM') {
    const logits = graph.node('Gemm', [out, graph.weight(EMBEDDINGS), graph.weight('embedding_decoder.bias')], { transB: 1 });
    graph.output('logits', logits, ['O', config.vocab_size]);
  } else {
    graph.output('logits', linear(graph, out, names.final), ['O', config.labels.length]);
  }
  return graph.toBytes();
}
