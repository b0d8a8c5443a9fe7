/**
 * ONNX graphs that answer attention questions. Their parameters are inputs, so that one graph serves every layer and no weight
 * stands in memory twice: a question feeds the few it needs.
 */
import type { PerceiverConfig } from './config';
import { GraphBuilder } from './graph-builder';
import { HEADS, type Head } from './heads';
import { LEARNED_CHANNELS, projectPositions } from './heads/image';
import { inputNorm, keys, probabilities, queries, queryNorm } from './layers';
import { expectedParameters } from './parameters';
import { decoderSpec, encoderSpec, layerSpec } from './specs';
import { decoderShape } from './widths';

export interface QuestionGraph {
  readonly bytes: Uint8Array;
  /** Names of the graph's inputs that are parameters of the model. */
  readonly parameters: readonly string[];
}

/**
 * Attention of `rows` [R, q], as they are before their norm, over what the step reads: for the encoder `keys` as its stage gave
 * them and `mask` [M]; for a layer (here the first; another's parameters are fed under these names) and the decoder the
 * `latents` [N, D] before it. → `weights` [heads, R, attended]; `mean` [R, attended] over the heads; `through` [S, attended],
 * `share` [S, R] × mean. Who asks for one of them gets no other.
 */
export function questionGraph(config: PerceiverConfig, step: 'encoder' | 'layer' | 'decoder'): QuestionGraph {
  const graph = GraphBuilder.parameterInputs(`${step} attention`, expectedParameters(config));
  const spec = step === 'encoder' ? encoderSpec(config) : step === 'layer' ? layerSpec(config, 0) : decoderSpec(config);
  const attended = step === 'encoder' ? 'M' : config.num_latents;
  const rows = queries(graph, spec, queryNorm(graph, spec, graph.input('rows', ['R', 'q'])));
  const readKeys = () => {
    if (step === 'encoder') return graph.input('keys', ['M', spec.keyForm === 'folded' ? spec.channels : spec.qk]);
    const latents = graph.input('latents', [config.num_latents, config.d_latents]);
    return keys(graph, spec, step === 'layer' ? queryNorm(graph, spec, latents) : inputNorm(graph, spec, latents));
  };
  const weights = probabilities(graph, spec, rows, readKeys(), step === 'encoder' ? graph.input('mask', ['M']) : undefined);
  graph.output('weights', weights, [spec.heads, 'R', attended]);
  const mean = graph.node('ReduceMean', [weights, graph.integers([0])], { keepdims: 0 });
  graph.output('mean', mean, ['R', attended]);
  graph.output('through', graph.node('MatMul', [graph.input('share', ['S', 'R']), mean]), ['S', attended]);
  return { bytes: graph.toBytes(), parameters: graph.parameters };
}

/** Learned positions as the encoder reads them: `table` [M, 256] → `positions` [M, 256]. Constant work of a model and a grid. */
export function positionsGraph(config: PerceiverConfig): QuestionGraph {
  const graph = GraphBuilder.parameterInputs('positions', expectedParameters(config));
  const positions = projectPositions(graph);
  graph.output('positions', positions, ['M', LEARNED_CHANNELS]);
  return { bytes: graph.toBytes(), parameters: graph.parameters };
}

/** Query rows of a part as the decoder reads them before its norm: the inputs of the head's `queryRows` → `rows` [O, q]. */
export function queryRowsGraph(config: PerceiverConfig, part: string): QuestionGraph {
  const graph = GraphBuilder.parameterInputs('queries', expectedParameters(config));
  const head: Head = HEADS[config.architecture];
  graph.output('rows', head.queryRows!(graph, config, part), ['O', decoderShape(config)!.channels]);
  return { bytes: graph.toBytes(), parameters: graph.parameters };
}
