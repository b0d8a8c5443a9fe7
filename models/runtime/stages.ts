/**
 * The sessions of one open model and what they compute, on one onnxruntime. Arrays in, arrays out; sessions are made when
 * first asked for and kept. Knows stages and attention, nothing of files, runs or questions.
 */
import type { InferenceSession } from 'onnxruntime-common';
import type { ByteSource } from '../checkpoint/byte-source';
import type { Safetensors } from '../checkpoint/safetensors';
import { LabError } from '../lab-error';
import type { PerceiverConfig } from '../perceiver/config';
import {
  decodeGraph,
  decoderAttentionGraph,
  encodeGraph,
  encoderAttentionGraph,
  layerAttentionGraph,
  processGraph,
} from '../perceiver/stage-graphs';
import type { Tensor } from '../tensor';
import { type Ort, PROVIDERS } from './ort';
import type { EngineName } from './types';

export interface StageOptions {
  readonly ort: Ort;
  readonly engine: EngineName;
  readonly threads: number;
  readonly config: PerceiverConfig;
  readonly header: Safetensors;
  readonly weights: ByteSource;
}

/** What the encoder reads, by the names of its graph's inputs. */
export type EncoderInputs = Readonly<Record<string, Tensor | { readonly data: BigInt64Array; readonly shape: readonly number[] }>>;

/** Floating-point operations one call of `process` may hold, so that progress and cancel come about every 100 ms. */
const CALL_FLOPS = 8e9;

export class Stages {
  readonly #options: StageOptions;
  readonly #sessions = new Map<string, Promise<InferenceSession>>();
  #bytes: Promise<Uint8Array> | null = null;
  /** Layer ranges of a block, each one call. */
  readonly calls: readonly (readonly [number, number])[];

  constructor(options: StageOptions) {
    this.#options = options;
    this.calls = layerCalls(options.config);
  }

  /** → rows [M, C] and latents [N, D]. */
  async encode(inputs: EncoderInputs): Promise<{ rows: Tensor; latents: Tensor }> {
    const out = await this.#run('encode', (weights) => encodeGraph(this.#options.config, weights), inputs);
    return { rows: out.rows!, latents: out.latents! };
  }

  /** One call of a block: → latents [N, D] after each of its layers. */
  async process(call: number, latents: Tensor): Promise<Tensor[]> {
    const [from, to] = this.calls[call]!;
    const out = await this.#run(`process/${call}`, (weights) => processGraph(this.#options.config, weights, from, to), { latents });
    return Array.from({ length: to - from }, (_, index) => out[`after.${from + index}`]!);
  }

  /** → logits [O, outputs]. */
  async decode(latents: Tensor, queries: readonly number[]): Promise<Tensor> {
    const out = await this.#run('decode', (weights) => decodeGraph(this.#options.config, weights), { latents, queries: indices(queries) });
    return out.logits!;
  }

  /** → [heads, R, M]. */
  async encoderAttention(rows: Tensor, mask: Tensor, chosen: readonly number[]): Promise<Tensor> {
    const inputs = { rows, mask, chosen: indices(chosen) };
    return (await this.#run('encoder attention', (weights) => encoderAttentionGraph(this.#options.config, weights), inputs)).weights!;
  }

  /** Attention of a layer from the latents before it: → [heads, R, N]. */
  async layerAttention(layer: number, latents: Tensor, chosen: readonly number[]): Promise<Tensor> {
    const inputs = { latents, chosen: indices(chosen) };
    return (await this.#run(`layer attention/${layer}`, (weights) => layerAttentionGraph(this.#options.config, weights, layer), inputs))
      .weights!;
  }

  /** → [heads, R, N]. */
  async decoderAttention(latents: Tensor, queries: readonly number[]): Promise<Tensor> {
    const inputs = { latents, queries: indices(queries) };
    return (await this.#run('decoder attention', (weights) => decoderAttentionGraph(this.#options.config, weights), inputs)).weights!;
  }

  /** Makes the sessions a run needs, so that the first run is like the others. */
  async warm(): Promise<void> {
    const { config } = this.#options;
    await this.#session('encode', (weights) => encodeGraph(config, weights));
    for (const [call, [from, to]] of this.calls.entries())
      await this.#session(`process/${call}`, (weights) => processGraph(config, weights, from, to));
    await this.#session('decode', (weights) => decodeGraph(config, weights));
  }

  async dispose(): Promise<void> {
    const sessions = await Promise.allSettled(this.#sessions.values());
    this.#sessions.clear();
    for (const session of sessions) if (session.status === 'fulfilled') await session.value.release();
  }

  #session(name: string, write: (weights: Safetensors) => Uint8Array): Promise<InferenceSession> {
    let session = this.#sessions.get(name);
    if (!session) {
      session = this.#create(write(this.#options.header));
      this.#sessions.set(name, session);
      session.catch(() => this.#sessions.delete(name));
    }
    return session;
  }

  async #create(graph: Uint8Array): Promise<InferenceSession> {
    const { ort, engine, threads, weights, header } = this.#options;
    const options: InferenceSession.SessionOptions = {
      executionProviders: [PROVIDERS[engine]],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    };
    if (engine === 'native' && weights.location) {
      return await ort.InferenceSession.create(graph, {
        ...options,
        extra: { session: { model_external_initializers_file_folder_path: weights.location.folder } },
      });
    }
    // The web engines take the whole file, read once and shared by all sessions.
    this.#bytes ??= weights.read(0, weights.size);
    return await ort.InferenceSession.create(graph, { ...options, externalData: [{ path: header.file, data: await this.#bytes }] });
  }

  async #run(name: string, write: (weights: Safetensors) => Uint8Array, inputs: EncoderInputs): Promise<Record<string, Tensor>> {
    const { ort, engine } = this.#options;
    try {
      const session = await this.#session(name, write);
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([key, { data, shape }]) => [
          key,
          new ort.Tensor(data instanceof Float32Array ? 'float32' : 'int64', data, shape),
        ]),
      );
      const outputs = await session.run(feeds);
      const found: Record<string, Tensor> = {};
      for (const [key, tensor] of Object.entries(outputs)) {
        found[key] = { data: (await tensor.getData()) as Float32Array, shape: tensor.dims };
        if (engine === 'webgpu') tensor.dispose();
      }
      return found;
    } catch (thrown) {
      throw engineFailure(thrown, engine, name);
    }
  }
}

function engineFailure(thrown: unknown, engine: EngineName, step: string): LabError {
  if (thrown instanceof LabError) return thrown;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  if (/out of memory|bad_alloc|allocat/i.test(detail)) {
    return new LabError(
      'out-of-memory',
      `The ${engine} engine ran out of memory in ${step}.`,
      'Close other programs, or run this model on another engine.',
      { detail },
    );
  }
  return new LabError('engine-failed', `The ${engine} engine failed in ${step}.`, 'Run again, or choose another engine.', { detail });
}

function indices(values: readonly number[]) {
  return { data: BigInt64Array.from(values, BigInt), shape: [values.length] };
}

/** Cuts a block's layers into calls of at most CALL_FLOPS each. */
function layerCalls(config: PerceiverConfig): [number, number][] {
  const { num_latents: n, d_latents: d, self_attention_widening_factor: widening, num_self_attends_per_block: layers } = config;
  const flops = 2 * n * d * d * (4 + 2 * widening) + 4 * n * n * d;
  const each = Math.max(1, Math.floor(CALL_FLOPS / flops));
  return Array.from({ length: Math.ceil(layers / each) }, (_, call) => [call * each, Math.min(layers, (call + 1) * each)]);
}
