/**
 * ONNX graphs of the three stages. N latents of D channels read M input rows of C channels; O output queries read the
 * latents. One input at a time: arrays are [rows, channels]. Weights stay in the checkpoint's file.
 */
import type { PerceiverConfig } from './config';
import { GraphBuilder, type WeightPlaces } from './graph-builder';
import { HEADS, type Head } from './heads';
import { layer } from './layers';
import { coreNames } from './parameters';
import { decoderSpec, encoderSpec, layerSpec } from './specs';
import { decoderShape } from './widths';

/**
 * Encode: → `keys` [M, qk or C] (what its attention's scores are made from, for questions) and `latents` [N, D].
 * `mask` [M] is added to the scores.
 */
export function encodeGraph(config: PerceiverConfig, weights: WeightPlaces): Uint8Array {
  const graph = GraphBuilder.stored('encode', weights);
  const spec = encoderSpec(config);
  const inputs = HEADS[config.architecture].inputRows(graph, config);
  const rows = graph.weight(coreNames(config).latents);
  const { out, keys } = layer(graph, spec, { rows, inputs, mask: graph.input('mask', ['M']) });
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

/**
 * Decode a part of the output: `latents` [N, D] and what its queries are made of (indices `queries` [O] of the trained ones,
 * or the inputs of the head's `queryRows`) → `logits` [O, outputs].
 */
export function decodeGraph(config: PerceiverConfig, weights: WeightPlaces, part = ''): Uint8Array {
  const graph = GraphBuilder.stored('decode', weights);
  const head: Head = HEADS[config.architecture];
  const table = decoderShape(config)?.table;
  const asked = table
    ? { rows: graph.weight(table), chosen: graph.input('queries', ['O'], 'int32') }
    : { rows: head.queryRows!(graph, config, part) };
  const inputs = graph.input('latents', [config.num_latents, config.d_latents]);
  const { out } = layer(graph, decoderSpec(config), { ...asked, inputs });
  const { value, dimensions } = head.logits(graph, config, out, part);
  graph.output('logits', value, dimensions);
  return graph.toBytes();
}
