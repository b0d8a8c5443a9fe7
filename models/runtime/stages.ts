/**
 * What the graphs of one open model compute, arrays in and arrays out. Knows stages and attention, nothing of files, runs or
 * questions.
 */
import type { WeightFiles } from '../checkpoint/byte-source';
import type { Checkpoint } from '../checkpoint/checkpoint';
import type { PerceiverConfig } from '../perceiver/config';
import { HEADS, type Head } from '../perceiver/heads';
import { coreNames } from '../perceiver/parameters';
import { positionsGraph, type QuestionGraph, queryRowsGraph, questionGraph } from '../perceiver/question-graphs';
import { decodeGraph, encodeGraph, processGraph } from '../perceiver/stage-graphs';
import { decoderShape } from '../perceiver/widths';
import type { Tensor } from '../tensor';
import type { Ort } from './ort';
import { type OutputQueries, type QueryPart, rowsOf } from './output-queries';
import { ParameterCache } from './parameter-cache';
import { type Feeds, type GraphSource, Sessions } from './sessions';
import type { EngineName } from './types';
import { placeWeights, type Weights } from './weight-places';

export interface StageOptions {
  readonly ort: Ort;
  readonly engine: EngineName;
  readonly threads: number;
  readonly config: PerceiverConfig;
  readonly header: Checkpoint;
  readonly weights: WeightFiles;
  /** Floating-point operations one call of `process` may hold; by default what lasts some 100 ms on two ordinary cores. */
  readonly callFlops?: number | undefined;
}

/** Every head's weights [heads, R, attended], their mean [R, attended], or shares [S, R] carried through the mean [S, attended]. */
export type Wanted = 'weights' | 'mean' | { readonly share: Tensor };

const CALL_FLOPS: Readonly<Record<EngineName, number>> = { native: 8e9, wasm: 2e9, webgpu: 8e9 };

export class Stages {
  readonly #config: PerceiverConfig;
  readonly #sessions: Sessions;
  readonly #places: Weights['places'];
  readonly #parameters: ParameterCache;
  readonly #questions = new Map<string, QuestionGraph>();
  /** Layer ranges of a block, each one call. */
  readonly calls: readonly (readonly [number, number])[];
  readonly #queriesPerCall: number;

  constructor({ config, header, weights, callFlops, ...options }: StageOptions) {
    const placed = placeWeights(header, weights, options.engine);
    this.#config = config;
    this.#places = placed.places;
    this.#sessions = new Sessions({ ...options, weights: placed });
    this.#parameters = new ParameterCache(weights, header);
    this.#queriesPerCall = queriesPerCall(config);
    this.calls = layerCalls(config, callFlops ?? CALL_FLOPS[options.engine]);
  }

  /** → keys [M, qk or C] for questions, and latents [N, D]. */
  async encode(inputs: Feeds): Promise<{ keys: Tensor; latents: Tensor }> {
    const out = await this.#sessions.run('encode', this.#stage(encodeGraph), inputs);
    return { keys: out.keys!, latents: out.latents! };
  }

  /** One call of a block: → latents [N, D] after each of its layers. */
  async process(call: number, latents: Tensor): Promise<Tensor[]> {
    const [from, to] = this.calls[call]!;
    const out = await this.#sessions.run(
      processName(from, to),
      this.#stage((config, places) => processGraph(config, places, from, to)),
      { latents },
    );
    return Array.from({ length: to - from }, (_, index) => out[`after.${from + index}`]!);
  }

  /**
   * → logits [O, outputs] of each part, a piece of its queries at a time: scores and queries of a piece stay within what a
   * core's cache and a call's memory bear. `between` is called before each piece but the first; what it throws ends the work.
   */
  async decode(latents: Tensor, queries: OutputQueries, between: (done: number) => void = () => undefined): Promise<Tensor[]> {
    const out: Tensor[] = [];
    let done = 0;
    for (const part of queries) {
      const pieces: Tensor[] = [];
      for (let from = 0; from < part.count; from += this.#queriesPerCall) {
        if (done > 0) between(done);
        const chosen = range(from, Math.min(part.count, from + this.#queriesPerCall));
        const graph = this.#stage((config, places) => decodeGraph(config, places, part.name));
        pieces.push((await this.#sessions.run(decodeName(part.name), graph, { latents, ...part.feeds(chosen) })).logits!);
        done += chosen.length;
      }
      out.push(joined(pieces));
    }
    return out;
  }

  /** Attention of `chosen` latents over the input: attended = M. `keys` as `encode` gave them. */
  async encoderAttention(keys: Tensor, mask: Tensor, chosen: readonly number[], wanted: Wanted): Promise<Tensor> {
    const rows = rowsOf(await this.#parameters.get(coreNames(this.#config).latents), chosen);
    return this.#attention('encoder', { rows, keys, mask }, wanted, (name) => name);
  }

  /** Attention of `chosen` latents in a layer, from the `latents` before it: attended = N. */
  layerAttention(index: number, latents: Tensor, chosen: readonly number[], wanted: Wanted): Promise<Tensor> {
    const rows = rowsOf(latents, chosen);
    const { layer } = coreNames(this.#config);
    return this.#attention('layer', { rows, latents }, wanted, (name) => name.replace(layer(0), layer(index)));
  }

  /** Attention of `chosen` queries of a part over the final latents: attended = N. */
  async decoderAttention(latents: Tensor, part: QueryPart, chosen: readonly number[], wanted: Wanted): Promise<Tensor> {
    return this.#attention('decoder', { rows: await this.#queryRows(part, chosen), latents }, wanted, (name) => name);
  }

  /** [R, q], before their norm. */
  async #queryRows(part: QueryPart, chosen: readonly number[]): Promise<Tensor> {
    const feeds = part.feeds(chosen);
    const table = decoderShape(this.#config)?.table;
    if (table) return rowsOf(await this.#parameters.get(table), (feeds.queries as { data: Int32Array }).data);
    const name = `queries ${part.name}`;
    const graph = this.#question(name, () => queryRowsGraph(this.#config, part.name));
    const parameters = await this.#feedParameters(graph.parameters, (parameter) => parameter);
    return (await this.#sessions.run(name, question(graph), { ...feeds, ...parameters })).rows!;
  }

  /** Learned positions [M, 256] projected as the encoder reads them. */
  async projectPositions(table: Tensor): Promise<Tensor> {
    const graph = this.#question('positions', () => positionsGraph(this.#config));
    const feeds = { table, ...(await this.#feedParameters(graph.parameters, (name) => name)) };
    return (await this.#sessions.run('positions', question(graph), feeds)).positions!;
  }

  /** Makes the sessions a run needs, so that the first run is like the others. */
  async warm(): Promise<void> {
    await this.#sessions.make('encode', this.#stage(encodeGraph));
    for (const [from, to] of this.calls)
      await this.#sessions.make(
        processName(from, to),
        this.#stage((config, places) => processGraph(config, places, from, to)),
      );
    const head: Head = HEADS[this.#config.architecture];
    for (const part of head.parts)
      await this.#sessions.make(
        decodeName(part),
        this.#stage((config, places) => decodeGraph(config, places, part)),
      );
    this.#sessions.letGoOfBytes();
  }

  dispose(): Promise<void> {
    return this.#sessions.dispose();
  }

  async #attention(
    step: 'encoder' | 'layer' | 'decoder',
    inputs: Feeds & { readonly rows: Tensor },
    wanted: Wanted,
    parameter: (name: string) => string,
  ): Promise<Tensor> {
    const graph = this.#question(step, () => questionGraph(this.#config, step));
    const output = typeof wanted === 'string' ? wanted : 'through';
    const share =
      typeof wanted === 'string' ? { data: new Float32Array(inputs.rows.shape[0]!), shape: [1, inputs.rows.shape[0]!] } : wanted.share;
    const feeds = { ...inputs, share, ...(await this.#feedParameters(graph.parameters, parameter)) };
    return (await this.#sessions.run(`${step} attention`, question(graph), feeds, [output]))[output]!;
  }

  #stage(write: (config: PerceiverConfig, places: Weights['places']) => Uint8Array): GraphSource {
    return { write: () => write(this.#config, this.#places), pointsToWeights: true };
  }

  #question(name: string, write: () => QuestionGraph): QuestionGraph {
    let graph = this.#questions.get(name);
    if (!graph) {
      graph = write();
      this.#questions.set(name, graph);
    }
    return graph;
  }

  async #feedParameters(names: readonly string[], parameter: (name: string) => string): Promise<Feeds> {
    return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await this.#parameters.get(parameter(name))] as const)));
  }
}

const question = ({ bytes }: QuestionGraph): GraphSource => ({ write: () => bytes, pointsToWeights: false });
const processName = (from: number, to: number) => `process ${from} to ${to - 1}`;

const decodeName = (part: string) => (part === '' ? 'decode' : `decode ${part}`);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** Rows one after another. */
function joined(pieces: readonly Tensor[]): Tensor {
  if (pieces.length === 1) return pieces[0]!;
  const width = pieces[0]?.shape[1] ?? 0;
  const out = new Float32Array(pieces.reduce((sum, { data }) => sum + data.length, 0));
  let at = 0;
  for (const { data } of pieces) {
    out.set(data, at);
    at += data.length;
  }
  return { data: out, shape: [width === 0 ? 0 : out.length / width, width] };
}

/** Most scores of a decode call, and most numbers its queries may have: 16 MB of float32 each. */
const DECODE_VALUES = 4e6;

/** Queries of one decode call. */
export function queriesPerCall(config: PerceiverConfig): number {
  const decoder = decoderShape(config);
  if (!decoder) return 1;
  return Math.max(1, Math.floor(DECODE_VALUES / Math.max(decoder.heads * config.num_latents, decoder.channels)));
}

/** Cuts a block's layers into calls of at most `most` operations each, at least one layer a call. */
export function layerCalls(config: PerceiverConfig, most: number): [number, number][] {
  const { num_latents: n, d_latents: d, self_attention_widening_factor: widening, num_self_attends_per_block: layers } = config;
  const each = Math.max(1, Math.floor(most / (2 * n * d * d * (4 + 2 * widening) + 4 * n * n * d)));
  return Array.from({ length: Math.ceil(layers / each) }, (_, call) => [call * each, Math.min(layers, (call + 1) * each)]);
}
