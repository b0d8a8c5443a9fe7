/** The parts every stage is made of (PerceiverLayer, PerceiverSelfAttention, PerceiverMLP), on rows [rows, channels] without a batch. */
import type { PerceiverConfig } from './config';
import type { GraphBuilder, Value } from './graph-builder';

/** Every layer norm of transformers' Perceiver has this epsilon; `layer_norm_eps` of the config is used nowhere. */
const EPSILON = 1e-5;

export interface AttentionSpec {
  /** Prefix of the layer's parameters. */
  readonly name: string;
  readonly heads: number;
  readonly qk: number;
  readonly v: number;
  readonly residual: boolean;
  readonly activation: PerceiverConfig['hidden_act'];
}

export function linear(graph: GraphBuilder, rows: Value, name: string): Value {
  return graph.node('Gemm', [rows, graph.weight(`${name}.weight`), graph.weight(`${name}.bias`)], { transB: 1 });
}

export function norm(graph: GraphBuilder, rows: Value, name: string): Value {
  return graph.node('LayerNormalization', [rows, graph.weight(`${name}.weight`), graph.weight(`${name}.bias`)], {
    axis: -1,
    epsilon: EPSILON,
  });
}

function activate(graph: GraphBuilder, rows: Value, kind: PerceiverConfig['hidden_act']): Value {
  if (kind === 'relu') return graph.node('Relu', [rows]);
  return graph.node('Gelu', [rows], { approximate: kind === 'gelu' ? 'none' : 'tanh' });
}

/** [rows, heads × width] → [heads, rows, width]. */
function split(graph: GraphBuilder, rows: Value, heads: number, width: number, perm: readonly number[]): Value {
  return graph.node('Transpose', [graph.node('Reshape', [rows, graph.integers([-1, heads, width])])], { perm });
}

/**
 * Attention probabilities [heads, queries, keys] of normalised `query` [queries, q] over normalised `keys` [keys, kv].
 * `mask` [keys] is added to the scores: 0, or float32's most negative number.
 */
export function probabilities(graph: GraphBuilder, spec: AttentionSpec, query: Value, keys: Value, mask?: Value): Value {
  const width = spec.qk / spec.heads;
  const q = split(graph, linear(graph, query, `${spec.name}.attention.self.query`), spec.heads, width, [1, 0, 2]);
  const k = split(graph, linear(graph, keys, `${spec.name}.attention.self.key`), spec.heads, width, [1, 2, 0]);
  const scores = graph.node('Mul', [graph.node('MatMul', [q, k]), graph.floats([1 / Math.sqrt(width)], [1])]);
  return graph.node('Softmax', [mask ? graph.node('Add', [scores, mask]) : scores], { axis: -1 });
}

/** The norms before attention: of the query, and of what it reads (itself, without `inputs`). */
export function normed(graph: GraphBuilder, spec: AttentionSpec, rows: Value, inputs?: Value): { query: Value; keys: Value } {
  const query = norm(graph, rows, `${spec.name}.attention.self.layernorm1`);
  return { query, keys: inputs ? norm(graph, inputs, `${spec.name}.attention.self.layernorm2`) : query };
}

/** One layer: `rows` [queries, q] read `inputs` [keys, kv] (themselves without it); then the MLP, with its residual always. */
export function layer(graph: GraphBuilder, spec: AttentionSpec, rows: Value, inputs?: Value, mask?: Value): Value {
  const { query, keys } = normed(graph, spec, rows, inputs);
  const weights = probabilities(graph, spec, query, keys, mask);
  const width = spec.v / spec.heads;
  const values = split(graph, linear(graph, keys, `${spec.name}.attention.self.value`), spec.heads, width, [1, 0, 2]);
  const read = graph.node('Transpose', [graph.node('MatMul', [weights, values])], { perm: [1, 0, 2] });
  const flat = graph.node('Reshape', [read, graph.integers([-1, spec.v])]);
  const out = linear(graph, flat, `${spec.name}.attention.output.dense`);
  const attended = spec.residual ? graph.node('Add', [out, rows]) : out;
  const inner = activate(graph, linear(graph, norm(graph, attended, `${spec.name}.layernorm`), `${spec.name}.mlp.dense1`), spec.activation);
  return graph.node('Add', [attended, linear(graph, inner, `${spec.name}.mlp.dense2`)]);
}
