/**
 * Runs follow the input: debounced, the older run cancelled, the old result kept until the new one is there. What fails is
 * shown where its result would be; what finished of it stays.
 */
import { LabError } from '../../models/lab-error';
import type { EngineName, RunInput, RunOutput, RunResult } from '../../models/runtime/types';
import { formatMs, formatProbability } from '../app/format';
import { en } from '../app/language/en';
import { errorData, type LabContext, newId, say } from './context';
import { NOTHING_SELECTED } from './defaults';
import { shownRun } from './derived';
import { endMerging } from './history';
import { gone } from './keep-inputs';
import { movedQuery } from './moved-query';
import { createProgress, LONG_WORK_MS } from './run-progress';
import { BY_INDEX } from './sorts';
import type { LabInput, RunEntry, Running } from './types';

const DEBOUNCE_MS = 120;
/** Probabilities kept at every position of a text. */
const TOP_K = 10;
/** Runs kept that are not pinned. */
const MOST_RUNS = 200;

export interface RunActions {
  /** The input or the mask changed: runs soon, unless auto-run is off. */
  follow(): void;
  run(): Promise<void>;
  cancel(): void;
  /** Ends a run of no use any more without a word: the input changed, or another result is shown. */
  leave(): void;
  /** Runs again on another engine, once, after a failure. */
  runOn(engine: EngineName): Promise<void>;
}

export function createRunActions(context: LabContext): RunActions {
  const { store, arrays } = context;
  let current: AbortController | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const run = async (engineName?: EngineName): Promise<void> => {
    leave();
    const { input, modelId, engines } = store.getState();
    if (!input || !modelId) return;
    const engine = engineName ?? engines?.chosen ?? 'native';
    const runInput = inputFor(context, input);
    if (!runInput) {
      store.setState({ inputError: gone(input.name).toData() });
      return;
    }
    const controller = new AbortController();
    current = controller;
    const runId = newId('run');
    const running: Running = { runId, input, modelId, engine, startedAt: Date.now(), stage: 'load', stages: {} };
    store.setState({ running, failure: null });
    const mine = () => current === controller;
    const progress = createProgress(context, runId);
    try {
      const client = await orCancelled(context.engine(engine), controller.signal);
      const result = (await client.run(
        { runId, modelId, input: runInput, options: { topK: TOP_K } },
        { signal: controller.signal, onProgress: (told) => mine() && progress.tell(told) },
      )) as RunResult;
      if (!mine()) return;
      arrays.results.set(runId, result);
      finish(context, entryOf(runId, input, modelId, engine, result), result);
      await context.host.runRecord({ runId, modelId, engine, timingsMs: result.timingsMs, error: null }).catch(() => undefined);
    } catch (thrown) {
      const error = errorData(thrown);
      if (error.code !== 'cancelled') {
        await context.host.runRecord({ runId, modelId, engine, timingsMs: null, error }).catch(() => undefined);
      }
      progress.flush();
      if (mine()) fail(context, { runId, input, modelId, engine, error });
    } finally {
      progress.end();
      if (mine()) current = null;
    }
  };

  const leave = (): void => {
    clearTimeout(timer);
    const left = current;
    current = null;
    left?.abort();
    if (store.getState().running === null) return;
    endProgress(context, false);
    store.setState({ running: null });
  };

  return {
    leave,
    follow() {
      clearTimeout(timer);
      if (!store.getState().settings.autoRun) return;
      // The older run is of no use any more, whether or not the newer one has begun.
      leave();
      timer = setTimeout(() => void run(), DEBOUNCE_MS);
    },
    run: () => run(),
    runOn: (engine) => run(engine),
    cancel() {
      clearTimeout(timer);
      current?.abort();
    },
  };
}

/** Starting an engine cannot be stopped, but waiting for it can. */
function orCancelled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, failed) => {
    signal.addEventListener('abort', () => failed(LabError.cancelled()), { once: true });
    work.then(done, failed);
  });
}

/** What the engine is given; null where the arrays of the input are gone. Masks are cut to the part that is read. */
function inputFor(context: LabContext, input: LabInput): RunInput | null {
  if (input.kind === 'image') {
    const image = context.arrays.pictures.get(input.pictureId);
    return image ? { modality: 'image', image } : null;
  }
  const bytes = context.arrays.texts.get(input.textId);
  if (!bytes) return null;
  const part = bytes.slice(input.part.start, input.part.end);
  const masks = input.masks
    .map(({ start, end }) => ({ start: Math.max(0, start - input.part.start), end: Math.min(part.length, end - input.part.start) }))
    .filter(({ start, end }) => start < end);
  return { modality: 'text', bytes: part, masks };
}

/** The dock's bar goes away, in the colour of an error where the work failed. */
function endProgress({ store, host }: LabContext, failed: boolean): void {
  const { running } = store.getState();
  if (running && Date.now() - running.startedAt > LONG_WORK_MS) void host.workProgress({ fraction: null, failed }).catch(() => undefined);
}

function entryOf(id: string, input: LabInput, modelId: string, engine: EngineName, result: RunResult): RunEntry {
  return {
    id,
    at: Date.now(),
    input,
    modelId,
    engine,
    outcome: 'done',
    title: titleOf(result.output),
    timingsMs: result.timingsMs,
    pinned: false,
  };
}

/** The most probable class with its probability, or what was filled in. */
export function titleOf(output: RunOutput): string {
  if (output.kind === 'classes') {
    const best = output.classes[0];
    return best ? `${best.label} ${formatProbability(best.probability)}` : '';
  }
  if (output.masked.length === 0) return en.nothingMasked;
  const filled = new TextDecoder().decode(Uint8Array.from(output.masked.slice(0, 24), (position) => output.filled[position]!));
  return `“${filled.trim() || '·'}”`;
}

function withEntry(runs: readonly RunEntry[], entry: RunEntry): RunEntry[] {
  let unpinned = 0;
  return [entry, ...runs].filter((run) => run.pinned || ++unpinned <= MOST_RUNS);
}

function finish(context: LabContext, entry: RunEntry, result: RunResult): void {
  const { store } = context;
  const { runs, selection, shownRunId } = store.getState();
  endProgress(context, false);
  const before = shownRun({ runs, shownRunId });
  // Another model has other latents and outputs: what was selected means nothing there.
  const sameModel = before?.modelId === entry.modelId;
  let { query } = selection;
  // The chosen byte goes where the edit moved it; a result may have fewer queries than the one before.
  if (result.output.kind === 'bytes' && before && query !== null) query = movedQuery(context.arrays, before.input, entry.input, query);
  if (query !== null && query >= result.queries) query = null;
  endMerging(context);
  store.setState({
    running: null,
    failure: null,
    runs: withEntry(runs, entry),
    shownRunId: entry.id,
    selection: sameModel ? { latents: selection.latents, query } : NOTHING_SELECTED,
    ...(sameModel ? {} : BY_INDEX),
    preview: NOTHING_SELECTED,
  });
  say(context, en.runDone(entry.title, formatMs(result.timingsMs.total), en.engines[entry.engine]));
}

function fail(
  context: LabContext,
  {
    runId,
    input,
    modelId,
    engine,
    error,
  }: { runId: string; input: LabInput; modelId: string; engine: EngineName; error: ReturnType<typeof errorData> },
): void {
  const { store } = context;
  const { running, runs, engines } = store.getState();
  const cancelled = error.code === 'cancelled';
  endProgress(context, !cancelled);
  const others = engines?.engines.filter(
    (other) => other.name !== engine && (other.status === 'ready' || other.status === 'untried') && !other.software,
  );
  const entry: RunEntry = {
    id: runId,
    at: Date.now(),
    input,
    modelId,
    engine,
    outcome: cancelled ? 'cancelled' : 'failed',
    title: cancelled ? en.runStopped : error.message,
    timingsMs: null,
    pinned: false,
  };
  store.setState({
    running: null,
    failure: {
      error,
      at: Date.now(),
      stage: running?.stage ?? 'load',
      stages: running?.stages ?? {},
      otherEngine: cancelled ? null : (others?.[0]?.name ?? null),
    },
    runs: withEntry(runs, entry),
  });
  say(context, cancelled ? en.runStopped : error.message);
}

/** Runs what an engine has forgotten again, under the same id, without a word: its attention was asked for. */
export async function runAgain(context: LabContext, runId: string): Promise<void> {
  const entry = context.store.getState().runs.find((run) => run.id === runId);
  const input = entry && inputFor(context, entry.input);
  if (!entry || !input) throw new LabError('run-forgotten', 'The input of this run is no longer in memory.', 'Open it again.');
  const engine = await context.engine(entry.engine);
  await engine.run({ runId, modelId: entry.modelId, input, options: { topK: TOP_K } });
}
