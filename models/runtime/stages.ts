/**
 * What the graphs of one open model compute, arrays in and arrays out. Knows stages and attention, nothing of files, runs or
 * questions.
 */
import type { ByteSource } from '../checkpoint/byte-source';
import type { Safetensors } from '../checkpoint/safetensors';
import type { PerceiverConfig } from '../perceiver/config';
import { decoderNames, LATENTS, layerName } from '../perceiver/parameters';
import { positionsGraph, type QuestionGraph, questionGraph } from '../perceiver/question-graphs';
import { decodeGraph, encodeGraph, processGraph } from '../perceiver/stage-graphs';
import { elementCount, type Tensor } from '../tensor';
import type { Ort } from './ort';
import { ParameterCache } from './parameter-cache';
import { type Feeds, type GraphSource, Sessions } from './sessions';
import type { EngineName } from './types';

export interface StageOptions {
  readonly ort: Ort;
  readonly engine: EngineName;
  readonly threads: number;
  readonly config: PerceiverConfig;
  readonly header: Safetensors;
  readonly weights: ByteSource;
  /** Floating-point operations one call of `process` may hold; by default what lasts some 100 ms on two ordinary cores. */
  readonly callFlops?: number | undefined;
}

/** Every head's weights [heads, R, attended], their mean [R, attended], or shares [S, R] carried through the mean [S, attended]. */
export type Wanted = 'weights' | 'mean' | { readonly share: Tensor };

const CALL_FLOPS: Readonly<Record<EngineName, number>> = { native: 8e9, wasm: 2e9, webgpu: 8e9 };

export class Stages {
  readonly #config: PerceiverConfig;
  readonly #sessions: Sessions;
  readonly #places: Safetensors;
  readonly #parameters: ParameterCache;
  readonly #questions = new Map<string, QuestionGraph>();
  /** Layer ranges of a block, each one call. */
  readonly calls: readonly (readonly [number, number])[];

  constructor({ config, header, weights, callFlops, ...options }: StageOptions) {
    const weightsFile = weights.location?.file ?? header.file;
    this.#config = config;
    this.#places = { ...header, file: weightsFile };
    this.#sessions = new Sessions({ ...options, weights, weightsFile });
    this.#parameters = new ParameterCache(weights, header);
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

  /** → logits [O, outputs]. */
  async decode(latents: Tensor, queries: readonly number[]): Promise<Tensor> {
    const feeds = { latents, queries: { data: Int32Array.from(queries), shape: [queries.length] } };
    return (await this.#sessions.run('decode', this.#stage(decodeGraph), feeds)).logits!;
  }

  /** Attention of `chosen` latents over the input: attended = M. `keys` as `encode` gave them. */
  async encoderAttention(keys: Tensor, mask: Tensor, chosen: readonly number[], wanted: Wanted): Promise<Tensor> {
    const rows = pick(await this.#parameters.get(LATENTS), chosen);
    return this.#attention('encoder', { rows, keys, mask }, wanted, (name) => name);
  }

  /** Attention of `chosen` latents in a layer, from the `latents` before it: attended = N. */
  layerAttention(index: number, latents: Tensor, chosen: readonly number[], wanted: Wanted): Promise<Tensor> {
    const rows = pick(latents, chosen);
    return this.#attention('layer', { rows, latents }, wanted, (name) => name.replace(layerName(0), layerName(index)));
  }

  /** Attention of the output `queries` over the final latents: attended = N. */
  async decoderAttention(latents: Tensor, queries: readonly number[], wanted: Wanted): Promise<Tensor> {
    const rows = pick(await this.#parameters.get(decoderNames(this.#config).queries), queries);
    return this.#attention('decoder', { rows, latents }, wanted, (name) => name);
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
    await this.#sessions.make('decode', this.#stage(decodeGraph));
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

  #stage(write: (config: PerceiverConfig, places: Safetensors) => Uint8Array): GraphSource {
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

/** Rows of a table [rows, …]. */
function pick({ data, shape }: Tensor, rows: readonly number[]): Tensor {
  const width = elementCount(shape.slice(1));
  const out = new Float32Array(rows.length * width);
  for (const [index, row] of rows.entries()) out.set(data.subarray(row * width, (row + 1) * width), index * width);
  return { data: out, shape: [rows.length, width] };
}

/** Cuts a block's layers into calls of at most `most` operations each, at least one layer a call. */
export function layerCalls(config: PerceiverConfig, most: number): [number, number][] {
  const { num_latents: n, d_latents: d, self_attention_widening_factor: widening, num_self_attends_per_block: layers } = config;
  const each = Math.max(1, Math.floor(most / (2 * n * d * d * (4 + 2 * widening) + 4 * n * n * d)));
  return Array.from({ length: Math.ceil(layers / each) }, (_, call) => [call * each, Math.min(layers, (call + 1) * each)]);
}
