/** Opens a model on an engine and runs inputs through it: preprocess, encode, process block by block, decode, postprocess. */
import { allFinite, findNonFinite } from '../checkpoint/non-finite';
import { LabError, throwIfCancelled } from '../lab-error';
import type { Tensor } from '../tensor';
import { type Adapter, createAdapter, type PositionTable, positionTable } from './adapters';
import { answerQuestion } from './ask';
import { type Kept, keptBytes } from './kept';
import { type ModelSource, type ReadModel, readModel, runnable } from './model-source';
import type { Ort } from './ort';
import { type OutputQueries, queryCount } from './output-queries';
import type { Feeds } from './sessions';
import { Stages } from './stages';
import type {
  AttentionAnswer,
  AttentionQuestion,
  EngineName,
  ModelInfo,
  RunInput,
  RunOptions,
  RunProgress,
  RunResult,
  StageName,
  Timings,
} from './types';

export interface OpenOptions {
  readonly engine: EngineName;
  readonly threads: number;
  /** See `StageOptions`. */
  readonly callFlops?: number;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RunProgress) => void;
}

export interface Run {
  readonly result: RunResult;
  ask(question: AttentionQuestion, options?: { readonly signal?: AbortSignal }): Promise<AttentionAnswer>;
}

export interface OpenModel {
  readonly source: ModelSource;
  readonly engine: EngineName;
  readonly model: ReadModel;
  readonly stages: Stages;
  readonly positions: PositionTable;
  run(input: RunInput, options: RunOptions & CallOptions & { readonly runId: string }): Promise<Run>;
  dispose(): Promise<void>;
}

/** Rejects with `config-invalid`, `checkpoint-*`, `model-unsupported` or `engine-failed`. */
export async function openModel(ort: Ort, source: ModelSource, options: OpenOptions): Promise<OpenModel> {
  const model = await readModel(source);
  const stages = new Stages({ ort, ...options, config: model.config, header: model.header, weights: source.weights });
  try {
    const positions = positionTable(model, source, (table) => stages.projectPositions(table));
    const adapter = model.info ? await createAdapter(model, model.info, positions) : null;
    await stages.warm();
    return opened({ source, engine: options.engine, model, stages, positions }, adapter);
  } catch (thrown) {
    // Sessions hold memory of the engine until they are released.
    await stages.dispose().catch(() => undefined);
    throw thrown;
  }
}

function opened(parts: Omit<OpenModel, 'run' | 'dispose'>, adapter: Adapter | null): OpenModel {
  const { source, engine, model, stages } = parts;
  return {
    ...parts,
    dispose: () => stages.dispose(),
    async run(input, { runId, topK, signal, onProgress }) {
      const info = runnable(model);
      if (!adapter) throw new RangeError('a model that files can be run through has an adapter');
      const clock = new StageClock(onProgress);
      const prepared = await clock.stage('preprocess', () => adapter.prepare(input));
      const kept = await encodeAndProcess(parts, prepared.inputs, prepared.queries, clock, signal);
      const [logits] = await decodeAll(parts, kept, clock, signal);
      if (!logits) throw new RangeError('a model that files can be run through has a decoder');
      throwIfCancelled(signal);
      if (!allFinite(logits.data)) throw await notFinite(model, source, engine);
      const output = await clock.stage('postprocess', async () => adapter.answer(input, logits, { topK }));
      return keptRun(stages, info, kept, {
        runId,
        modelId: source.id,
        engine,
        timingsMs: clock.timings(),
        inputRows: prepared.rows,
        layout: prepared.layout,
        queries: queryCount(prepared.queries),
        shown: prepared.shown,
        output,
        keptBytes: keptBytes(kept),
      });
    },
  };
}

/** Apart from `run`, because a closure made there keeps the decoded picture and the logits for as long as it lives. */
function keptRun(stages: Stages, info: ModelInfo, kept: Kept, result: RunResult): Run {
  return { result, ask: (question, call = {}) => answerQuestion(stages, info, result.layout, kept, question, call) };
}

/** Why an answer is no number: a weight of the file that is none, or this engine. */
export async function notFinite({ header }: ReadModel, { weights }: ModelSource, engine: EngineName): Promise<LabError> {
  const name = await findNonFinite(weights, header);
  if (name !== null) {
    return new LabError(
      'checkpoint-damaged',
      `The model’s answer is not a number: “${name}” in ${header.tensors.get(name)!.file} holds values that are NaN or infinite.`,
      'Get the file again, or choose another checkpoint.',
    );
  }
  return new LabError('engine-failed', `The model’s answer on the ${engine} engine is not a number.`, 'Choose another engine.');
}

/** Encoder and all blocks; the signal is looked at between calls. */
export async function encodeAndProcess(
  { stages, model }: Pick<OpenModel, 'stages' | 'model'>,
  inputs: Feeds,
  queries: OutputQueries,
  clock: StageClock,
  signal?: AbortSignal,
): Promise<Kept> {
  throwIfCancelled(signal);
  const encoded = await clock.stage('encode', () => stages.encode(inputs));
  const latents = [encoded.latents];
  const steps = model.shape.blocks * stages.calls.length;
  await clock.stage(
    'process',
    async (advance) => {
      for (let step = 0; step < steps; step += 1) {
        throwIfCancelled(signal);
        latents.push(...(await stages.process(step % stages.calls.length, latents.at(-1)!)));
        if (step + 1 < steps) advance(step + 1, steps);
      }
    },
    steps,
  );
  throwIfCancelled(signal);
  return { keys: encoded.keys, mask: inputs.mask as Tensor, latents, queries };
}

/** Logits of every part; the signal is looked at between pieces. */
export function decodeAll({ stages }: Pick<OpenModel, 'stages'>, kept: Kept, clock: StageClock, signal?: AbortSignal): Promise<Tensor[]> {
  const count = Math.max(1, queryCount(kept.queries));
  const work = (advance: (done: number, steps: number) => void) =>
    stages.decode(kept.latents.at(-1)!, kept.queries, (done) => {
      throwIfCancelled(signal);
      advance(done, count);
    });
  return clock.stage('decode', work, count);
}

/** Wall clock of the stages, told as they begin, advance and end. */
export class StageClock {
  readonly #start = performance.now();
  readonly #elapsed = new Map<StageName, number>();
  readonly #report: ((progress: RunProgress) => void) | undefined;

  constructor(report?: (progress: RunProgress) => void) {
    this.#report = report;
  }

  async stage<T>(stage: StageName, work: (advance: (done: number, steps: number) => void) => Promise<T>, steps = 1): Promise<T> {
    this.#report?.({ stage, done: 0, steps });
    const start = performance.now();
    const value = await work((done) => this.#report?.({ stage, done, steps }));
    const elapsedMs = performance.now() - start;
    this.#elapsed.set(stage, elapsedMs);
    this.#report?.({ stage, done: steps, steps, elapsedMs });
    return value;
  }

  timings(): Timings {
    const of = (stage: StageName) => this.#elapsed.get(stage) ?? 0;
    return {
      preprocess: of('preprocess'),
      encode: of('encode'),
      process: of('process'),
      decode: of('decode'),
      postprocess: of('postprocess'),
      total: performance.now() - this.#start,
    };
  }
}
