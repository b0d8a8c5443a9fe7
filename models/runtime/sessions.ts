/** onnxruntime sessions of one open model by name: made when first asked for, kept, released together. */
import type { InferenceSession } from 'onnxruntime-common';
import { LabError } from '../lab-error';
import type { Tensor } from '../tensor';
import { breathe } from './breathe';
import { type Ort, PROVIDERS } from './ort';
import type { EngineName } from './types';
import type { Weights } from './weight-places';

/** What a graph reads, by the names of its inputs. */
export type Feeds = Readonly<Record<string, Tensor | { readonly data: Int32Array; readonly shape: readonly number[] }>>;

export interface SessionOptions {
  readonly ort: Ort;
  readonly engine: EngineName;
  /** Threads of an operator on the native engine; the web engines have theirs in `ort.env`. */
  readonly threads: number;
  readonly weights: Pick<Weights, 'folder' | 'files'>;
}

/** What a session is made of. */
export interface GraphSource {
  write(): Uint8Array;
  /** Whether its initializers point into the files of weights. */
  readonly pointsToWeights: boolean;
}

export class Sessions {
  readonly #options: SessionOptions;
  readonly #sessions = new Map<string, Promise<InferenceSession>>();
  #bytes: Promise<{ path: string; data: Uint8Array }[]> | null = null;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Makes the session `name` of `graph`, unless it is there. Rejects with `engine-failed` or `out-of-memory`. */
  async make(name: string, graph: GraphSource): Promise<void> {
    await this.#session(name, graph);
  }

  /** Runs the session `name` and gives the outputs called `wanted`, all of them without. Rejects like `make`. */
  async run(name: string, graph: GraphSource, feeds: Feeds, wanted?: readonly string[]): Promise<Record<string, Tensor>> {
    const { ort, engine } = this.#options;
    const session = await this.#session(name, graph);
    try {
      const inputs = Object.fromEntries(
        Object.entries(feeds).map(([key, { data, shape }]) => [
          key,
          new ort.Tensor(data instanceof Float32Array ? 'float32' : 'int32', data, shape),
        ]),
      );
      // onnxruntime-node turns the event loop before a call by itself.
      if (engine !== 'native') await breathe();
      const outputs = await (wanted ? session.run(inputs, wanted) : session.run(inputs));
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

  /** The weights as bytes are needed while sessions are made (web engines) and let go here. */
  letGoOfBytes(): void {
    this.#bytes = null;
  }

  async dispose(): Promise<void> {
    const sessions = await Promise.allSettled(this.#sessions.values());
    this.#sessions.clear();
    this.#bytes = null;
    for (const session of sessions) if (session.status === 'fulfilled') await session.value.release();
  }

  #session(name: string, graph: GraphSource): Promise<InferenceSession> {
    let session = this.#sessions.get(name);
    if (!session) {
      session = this.#create(name, graph);
      this.#sessions.set(name, session);
      session.catch(() => this.#sessions.delete(name));
    }
    return session;
  }

  async #create(name: string, graph: GraphSource): Promise<InferenceSession> {
    const { ort, engine, threads, weights } = this.#options;
    const options: InferenceSession.SessionOptions = {
      executionProviders: [PROVIDERS[engine]],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
      logSeverityLevel: 3,
    };
    if (engine === 'native') {
      // Waiting threads sleep instead of spinning: each session has threads of its own, and on a machine with other work a
      // run of the built-in text model takes 29 ms this way and 130 ms the other (two threads, median of 22).
      const session = { intra_op: { allow_spinning: '0' } };
      const folder = weights.folder !== null && { model_external_initializers_file_folder_path: weights.folder };
      options.extra = { session: { ...session, ...folder } };
    }
    // Outside what is blamed on the engine: a graph that cannot be written is a fault of ours.
    const bytes = graph.write();
    try {
      if (graph.pointsToWeights && weights.folder === null) {
        // The whole files, read once for all sessions.
        this.#bytes ??= Promise.all(Array.from(weights.files, async ([path, file]) => ({ path, data: await file.read(0, file.size) })));
        options.externalData = await this.#bytes;
      }
      return await ort.InferenceSession.create(bytes, options);
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
      `The ${engine} engine ran out of memory in “${step}”.`,
      'Close other programs, or run this model on another engine.',
      { detail },
    );
  }
  return new LabError('engine-failed', `The ${engine} engine failed in “${step}”.`, 'Run again, or choose another engine.', { detail });
}
