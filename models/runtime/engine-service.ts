/**
 * One engine's service, wherever it runs: models opened when first needed, runs kept within a budget, one request at a
 * time. Transport-free: the native process and a window's worker serve it over their own channels.
 */
import { LabError, throwIfCancelled } from '../lab-error';
import { textInputs } from './adapters';
import { CHECK_IDS, CHECK_LIMIT, checkLogits, checkSource } from './check-vector';
import { type ModelSource, runnable } from './model-source';
import { type CallOptions, decodeAll, encodeAndProcess, type OpenModel, openModel, type Run, StageClock } from './open-model';
import type { Ort } from './ort';
import { trainedQueries } from './output-queries';
import type { AttentionAnswer, AttentionQuestion, EngineName, ModelInfo, RunInput, RunOptions, RunResult } from './types';

export interface EngineServiceOptions {
  readonly ort: Ort;
  readonly engine: EngineName;
  readonly threads: number;
  readonly resolve: (modelId: string) => Promise<ModelSource>;
  /** Bytes all kept runs may hold; the least recently used go first. */
  readonly maxKeptBytes?: number;
  /** Models open at once; the least recently used is closed. */
  readonly maxOpenModels?: number;
}

export interface CheckResult {
  readonly maxDifference: number;
  readonly limit: number;
  readonly agrees: boolean;
}

const MAX_KEPT_BYTES = 480_000_000;
const MAX_OPEN_MODELS = 3;

const nothing = async () => undefined;

export class EngineService {
  readonly #options: EngineServiceOptions;
  readonly #models = new Map<string, Promise<OpenModel>>();
  readonly #runs = new Map<string, Run>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: EngineServiceOptions) {
    this.#options = options;
  }

  open({ modelId }: { readonly modelId: string }, { signal }: { readonly signal?: AbortSignal } = {}): Promise<ModelInfo> {
    return this.#inTurn(
      signal,
      () => this.#model(modelId),
      async ({ model }) => runnable(model),
    );
  }

  run(
    {
      runId,
      modelId,
      input,
      options,
    }: { readonly runId: string; readonly modelId: string; readonly input: RunInput; readonly options: RunOptions },
    call: CallOptions = {},
  ): Promise<RunResult> {
    return this.#inTurn(
      call.signal,
      () => this.#model(modelId),
      async (model) => {
        const run = await model.run(input, { ...options, ...call, runId });
        this.#keep(runId, run);
        return run.result;
      },
    );
  }

  /** Rejects with `run-forgotten` when the run is no longer kept. */
  ask(question: AttentionQuestion, { signal }: { readonly signal?: AbortSignal } = {}): Promise<AttentionAnswer> {
    return this.#inTurn(signal, nothing, async () => {
      const run = this.#runs.get(question.runId);
      if (!run) throw new LabError('run-forgotten', 'This run is no longer in memory.', 'Run it again to look at its attention.');
      this.#runs.delete(question.runId);
      this.#runs.set(question.runId, run);
      return run.ask(question, signal ? { signal } : {});
    });
  }

  forget({ runId }: { readonly runId: string }): void {
    this.#runs.delete(runId);
  }

  /** Runs a tiny shipped model and compares its logits with Hugging Face's float32: an engine that is off is not to be used. */
  check(): Promise<CheckResult> {
    return this.#inTurn(undefined, nothing, async () => {
      const model = await openModel(this.#options.ort, checkSource(), this.#options);
      const queries = trainedQueries(Array.from(CHECK_IDS.keys()));
      try {
        const kept = await encodeAndProcess(model, textInputs(CHECK_IDS), queries, new StageClock());
        const [logits] = await decodeAll(model, kept, new StageClock());
        const maxDifference = largestDifference(checkLogits(), logits!.data);
        return { maxDifference, limit: CHECK_LIMIT, agrees: maxDifference <= CHECK_LIMIT };
      } finally {
        await model.dispose();
      }
    });
  }

  async close(): Promise<void> {
    await this.#queue.catch(() => undefined);
    this.#runs.clear();
    const models = await Promise.allSettled(this.#models.values());
    this.#models.clear();
    for (const model of models) if (model.status === 'fulfilled') await model.value.dispose();
  }

  /**
   * One request at a time: sessions share threads, and order is what a person did. One that is cancelled while it waits, for
   * its turn or for what it needs, ends at once; what was being loaded is loaded to the end, for the next one.
   */
  #inTurn<Needed, T>(signal: AbortSignal | undefined, load: () => Promise<Needed>, work: (needed: Needed) => Promise<T>): Promise<T> {
    let begun = false;
    const turn = this.#queue.then(async () => {
      throwIfCancelled(signal);
      const needed = await load();
      throwIfCancelled(signal);
      begun = true;
      return work(needed);
    });
    this.#queue = turn.catch(() => undefined);
    if (!signal) return turn;
    return new Promise((resolve, reject) => {
      const stop = () => {
        if (!begun) reject(LabError.cancelled());
      };
      signal.addEventListener('abort', stop, { once: true });
      turn.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
  }

  async #model(modelId: string): Promise<OpenModel> {
    let model = this.#models.get(modelId);
    if (model) {
      this.#models.delete(modelId);
    } else {
      model = this.#options.resolve(modelId).then((source) => openModel(this.#options.ort, source, this.#options));
    }
    this.#models.set(modelId, model);
    try {
      const opened = await model;
      await this.#closeOldModels();
      return opened;
    } catch (thrown) {
      this.#models.delete(modelId);
      throw thrown;
    }
  }

  async #closeOldModels(): Promise<void> {
    const most = Math.max(1, this.#options.maxOpenModels ?? MAX_OPEN_MODELS);
    for (const [id, model] of [...this.#models].slice(0, Math.max(0, this.#models.size - most))) {
      this.#models.delete(id);
      for (const [runId, run] of this.#runs) if (run.result.modelId === id) this.#runs.delete(runId);
      await (await model).dispose();
    }
  }

  #keep(runId: string, run: Run): void {
    this.#runs.delete(runId);
    this.#runs.set(runId, run);
    let bytes = [...this.#runs.values()].reduce((sum, kept) => sum + kept.result.keptBytes, 0);
    for (const [id, kept] of this.#runs) {
      if (bytes <= (this.#options.maxKeptBytes ?? MAX_KEPT_BYTES) || id === runId) break;
      this.#runs.delete(id);
      bytes -= kept.result.keptBytes;
    }
  }
}

/** A value that is not a number differs by as much as a number can. */
function largestDifference(expected: Float32Array, got: Float32Array): number {
  return expected.reduce((most, value, index) => {
    const difference = Math.abs(value - got[index]!);
    return Number.isFinite(difference) ? Math.max(most, difference) : Number.MAX_VALUE;
  }, 0);
}
