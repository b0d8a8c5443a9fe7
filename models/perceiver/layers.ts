/** The parts every stage is made of (PerceiverLayer, PerceiverSelfAttention, PerceiverMLP), on rows [rows, channels] without a batch. */
import type { AttentionForm } from './attention-form';
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
  /** Channels of what is read. */
  readonly channels: number;
  readonly residual: boolean;
  readonly activation: PerceiverConfig['hidden_act'];
  readonly keyForm: AttentionForm;
  readonly valueForm: AttentionForm;
}

export function linear(graph: GraphBuilder, rows: Value, name: string): Value {
  return graph.node('Gemm', [rows, graph.weight(`${name}.weight`), graph.weight(`${name}.bias`)], { transB: 1 });
}

function norm(graph: GraphBuilder, rows: Value, name: string): Value {
  return graph.node('LayerNormalization', [rows, graph.weight(`${name}.weight`), graph.weight(`${name}.bias`)], {
    axis: -1,
    epsilon: EPSILON,
  });
}

/** Of the query's rows; in self-attention of what is read, too. */
export function queryNorm(graph: GraphBuilder, spec: AttentionSpec, rows: Value): Value {
  return norm(graph, rows, `${spec.name}.attention.self.layernorm1`);
}

/** Of what a cross-attention reads. */
export function inputNorm(graph: GraphBuilder, spec: AttentionSpec, inputs: Value): Value {
  return norm(graph, inputs, `${spec.name}.attention.self.layernorm2`);
}

function activate(graph: GraphBuilder, rows: Value, kind: PerceiverConfig['hidden_act']): Value {
  if (kind === 'relu') return graph.node('Relu', [rows]);
  return graph.node('Gelu', [rows], { approximate: kind === 'gelu' ? 'none' : 'tanh' });
}

function transpose(graph: GraphBuilder, value: Value, perm: readonly number[]): Value {
  return graph.node('Transpose', [value], { perm });
}

/** [rows, heads × width] → [rows, heads, width], then permuted. */
function split(graph: GraphBuilder, rows: Value, heads: number, width: number, perm: readonly number[]): Value {
  return transpose(graph, graph.node('Reshape', [rows, graph.integers([-1, heads, width])]), perm);
}

/** Normalised rows [queries, q] → queries [queries, qk], divided by √(qk / heads) here rather than in every score. */
export function queries(graph: GraphBuilder, spec: AttentionSpec, normalised: Value): Value {
  const projected = linear(graph, normalised, `${spec.name}.attention.self.query`);
  return graph.node('Mul', [projected, graph.floats([1 / Math.sqrt(spec.qk / spec.heads)], [1])]);
}

/** Normalised inputs [inputs, kv] → what scores are made from: keys [inputs, qk], or the inputs themselves where the projection is folded. */
export function keys(graph: GraphBuilder, spec: AttentionSpec, normalised: Value): Value {
  return spec.keyForm === 'folded' ? normalised : linear(graph, normalised, `${spec.name}.attention.self.key`);
}

/**
 * Attention probabilities [heads, queries, inputs] of `query` [queries, qk] over `read`, which is what `keys` made.
 * `mask` [inputs] is added to the scores: 0, or float32's most negative number.
 */
export function probabilities(graph: GraphBuilder, spec: AttentionSpec, query: Value, read: Value, mask?: Value): Value {
  const width = spec.qk / spec.heads;
  const q = split(graph, query, spec.heads, width, [1, 0, 2]);
  let scores: Value;
  if (spec.keyForm === 'folded') {
    const weight = graph.weight(`${spec.name}.attention.self.key.weight`);
    const folded = graph.node('MatMul', [q, graph.node('Reshape', [weight, graph.integers([spec.heads, width, spec.channels])])]);
    scores = graph.node('MatMul', [folded, transpose(graph, read, [1, 0])]);
  } else {
    scores = graph.node('MatMul', [q, split(graph, read, spec.heads, width, [1, 2, 0])]);
  }
  return graph.node('Softmax', [mask ? graph.node('Add', [scores, mask]) : scores], { axis: -1 });
}

/** What the queries read: `weights` [heads, queries, inputs] over normalised `inputs` [inputs, kv] → [queries, v]. */
function read(graph: GraphBuilder, spec: AttentionSpec, weights: Value, inputs: Value): Value {
  const name = `${spec.name}.attention.self.value`;
  const width = spec.v / spec.heads;
  const flat = (heads: Value) => graph.node('Reshape', [transpose(graph, heads, [1, 0, 2]), graph.integers([-1, spec.v])]);
  if (spec.valueForm === 'projected') {
    const values = split(graph, linear(graph, inputs, name), spec.heads, width, [1, 0, 2]);
    return flat(graph.node('MatMul', [weights, values]));
  }
  const heads = graph.node('Reshape', [graph.weight(`${name}.weight`), graph.integers([spec.heads, width, spec.channels])]);
  const values = graph.node('MatMul', [graph.node('MatMul', [weights, inputs]), transpose(graph, heads, [0, 2, 1])]);
  return graph.node('Add', [flat(values), graph.weight(`${name}.bias`)]);
}

export interface LayerInputs {
  /** [queries, q], before their norm: the residual is with these. */
  readonly rows: Value;
  /** Indices of the rows that ask. Taken behind the projection, which is then constant work where the rows are constant. */
  readonly chosen?: Value;
  /** [inputs, kv], before their norm; without it the rows read themselves. */
  readonly inputs?: Value;
  readonly mask?: Value;
}

/** One layer: attention, its residual where the spec says so, then the MLP with its residual always. `keys`: what scores were made from. */
export function layer(graph: GraphBuilder, spec: AttentionSpec, { rows, chosen, inputs, mask }: LayerInputs): { out: Value; keys: Value } {
  const normalised = queryNorm(graph, spec, rows);
  const attended = inputs ? inputNorm(graph, spec, inputs) : normalised;
  const pick = (value: Value) => (chosen ? graph.node('Gather', [value, chosen]) : value);
  const attendedKeys = keys(graph, spec, attended);
  const weights = probabilities(graph, spec, pick(queries(graph, spec, normalised)), attendedKeys, mask);
  const answer = linear(graph, read(graph, spec, weights, attended), `${spec.name}.attention.output.dense`);
  const sum = spec.residual ? graph.node('Add', [answer, pick(rows)]) : answer;
  const inner = activate(graph, linear(graph, norm(graph, sum, `${spec.name}.layernorm`), `${spec.name}.mlp.dense1`), spec.activation);
  return { out: graph.node('Add', [sum, linear(graph, inner, `${spec.name}.mlp.dense2`)]), keys: attendedKeys };
}
