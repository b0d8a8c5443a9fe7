/** What stands on the stage: samples, dropped files, pasted things, edits of a text, masks. Every change lets the run follow. */
import { type LabErrorData, throwIfCancelled } from '../../models/lab-error';
import type { ByteSpan } from '../../models/runtime/types';
import { en } from '../app/language/en';
import { errorData, type LabContext, newId } from './context';
import { NOTHING_SELECTED } from './defaults';
import { change, endMerging } from './history';
import { bringBack, canBeReadAgain, isKept, keepInput } from './keep-inputs';
import { complain, createOpening } from './opening';
import type { RunActions } from './run-actions';
import { BY_INDEX } from './sorts';
import type { LabInput, LabState, RunEntry, Sample } from './types';
import type { ViewActions } from './view-actions';

export interface InputActions {
  openSample(id: string): Promise<void>;
  /** Files dropped, pasted or chosen together: all become samples, the first that opens is shown. `errors` are of those that could not even be read. */
  openFiles(files: readonly File[], errors?: readonly LabErrorData[]): Promise<void>;
  openText(text: string, name: string): Promise<void>;
  /** Ends what is being read for the stage; what is on it stays. */
  cancelOpening(): void;
  /** Ends the reading of further files. */
  cancelAdding(): void;
  /** The person edited the text; masks lie where they then should. */
  editText(bytes: Uint8Array, masks: readonly ByteSpan[], part: ByteSpan): void;
  /** Editing has ended: what is typed next is another step of undo. */
  endEditing(): void;
  setMasks(masks: readonly ByteSpan[], label: string): void;
  /** Which part of a long text is read; `done` is false while it is being dragged. */
  readPart(part: ByteSpan, done: boolean): void;
  chooseModel(id: string): void;
  /** Brings back what a run of this sitting was made from. */
  restoreRun(id: string): Promise<void>;
}

interface Own {
  readonly sample: Sample;
  readonly input: LabInput;
}
/** Null where the file could not be read; only a cancel throws. */
type ReadFile = (file: File, signal: AbortSignal) => Promise<Own | null>;

export function createInputActions(context: LabContext, runs: RunActions, views: ViewActions): InputActions {
  const { store, arrays, host } = context;
  const opening = createOpening(context);
  const batches = new Set<AbortController>();

  const show = (sample: Sample, input: LabInput): void => {
    const state = store.getState();
    store.setState({
      samples: withSample(withStage(state), { ...sample, input }),
      modelId: modelFor(state, input.kind),
      input,
      inputError: null,
      region: null,
      span: null,
      selection: NOTHING_SELECTED,
      ...(state.sort === 'rows-read' ? {} : BY_INDEX),
      undo: [],
      redo: [],
      view: { ...state.view, originalShown: false, brushing: false },
    });
    void runs.run();
  };

  const openSample = async (id: string): Promise<void> => {
    const sample = withStage(store.getState()).find((entry) => entry.id === id);
    if (!sample) return;
    const { input } = sample;
    if (input && isKept(context, input)) {
      opening.cancel();
      show(sample, input);
      return;
    }
    await opening.run(sample.name, async (signal) => {
      // Of a shipped sample whose edited text is gone there is still the text that it came with.
      const again = input && (sample.origin === 'yours' || canBeReadAgain(sample, input));
      if (again) await bringBack(context, input, signal);
      const opened = again ? input : await readSample(sample, signal);
      throwIfCancelled(signal);
      show(sample, opened);
    });
  };

  const readSample = async ({ id, name, modality }: Sample, signal: AbortSignal): Promise<LabInput> => {
    const bytes = await host.sampleRead({ sampleId: id }, { signal });
    const decoded = await context.decode(new Blob([bytes as Uint8Array<ArrayBuffer>]), name, { modality, signal });
    const entry = (await host.samples({}, { signal })).find((candidate) => candidate.id === id);
    throwIfCancelled(signal);
    const input = keepInput(context, id, name, decoded);
    return input.kind === 'text' ? { ...input, masks: (entry?.masks ?? []).map(([start, end]) => ({ start, end })) } : input;
  };

  const readOwn = async (file: Blob, name: string, signal: AbortSignal, modality?: 'text'): Promise<Own> => {
    const decoded = await context.decode(file, name, { ...(modality ? { modality } : {}), signal });
    throwIfCancelled(signal);
    const id = newId('sample');
    const input = keepInput(context, id, name, decoded);
    return { sample: { id, name, modality: input.kind, origin: 'yours', input }, input };
  };

  /** What came with a file that is on the stage: it becomes samples, whatever is opened meanwhile. */
  const add = async (files: readonly File[], read: ReadFile): Promise<void> => {
    const batch = new AbortController();
    batches.add(batch);
    try {
      for (const file of files) {
        store.setState({ adding: file.name });
        const own = await read(file, batch.signal);
        if (own) store.setState({ samples: withSample(store.getState().samples, own.sample) });
      }
    } catch (thrown) {
      if (!batch.signal.aborted) throw thrown;
    } finally {
      batches.delete(batch);
      if (batches.size === 0) store.setState({ adding: null });
    }
  };

  const putRun = (run: RunEntry): void => {
    runs.leave();
    const samples = withStage(store.getState());
    store.setState({ samples, input: run.input, modelId: run.modelId, undo: [], redo: [], region: null, span: null, inputError: null });
    if (run.outcome === 'done' && arrays.results.has(run.id)) {
      store.setState({ shownRunId: run.id, failure: null, selection: NOTHING_SELECTED, ...BY_INDEX });
    } else void runs.run();
  };

  return {
    openSample,
    cancelOpening: opening.cancel,
    cancelAdding: () => {
      for (const batch of batches) batch.abort();
    },
    openFiles: async (files, errors = []) => {
      const failed = [...errors];
      const read: ReadFile = async (file, signal) => {
        try {
          return await readOwn(file, file.name, signal);
        } catch (thrown) {
          throwIfCancelled(signal);
          failed.push(errorData(thrown));
          return null;
        }
      };
      let next = 0;
      let shown = false;
      await opening.run(files[0]?.name ?? '', async (signal) => {
        while (!shown && next < files.length) {
          const file = files[next++] as File;
          store.setState({ opening: file.name });
          const own = await read(file, signal);
          if (own) show(own.sample, own.input);
          shown = own !== null;
        }
      });
      if (shown) await add(files.slice(next), read);
      complain(context, failed);
    },
    openText: (text, name) =>
      opening.run(name, async (signal) => {
        const { sample, input } = await readOwn(new Blob([text]), name, signal, 'text');
        show(sample, input);
      }),
    editText: (bytes, masks, part) => {
      const { input } = store.getState();
      if (input?.kind !== 'text') return;
      const textId = newId('text');
      arrays.texts.set(textId, bytes);
      change(context, en.steps.editText, { input: { ...input, textId, byteCount: bytes.length, masks, part }, span: null }, true);
      runs.follow();
    },
    endEditing: () => endMerging(context),
    setMasks: (masks, label) => {
      const { input } = store.getState();
      if (input?.kind !== 'text') return;
      const merged = mergedSpans(masks);
      change(context, label, { input: { ...input, masks: merged } });
      if (merged.length > 0) views.move('mask');
      runs.follow();
    },
    readPart: (part, done) => {
      const { input } = store.getState();
      if (input?.kind !== 'text') return;
      change(context, en.steps.choosePart, { input: { ...input, part } }, true);
      if (done) runs.follow();
    },
    chooseModel: (id) => {
      const state = store.getState();
      const model = state.models.find((entry) => entry.id === id);
      if (!model || id === state.modelId) return;
      opening.cancel();
      store.setState({ modelId: id, region: null, span: null });
      if (state.input?.kind === model.info.modality) {
        void runs.run();
        return;
      }
      const sample = state.samples.find((entry) => entry.modality === model.info.modality);
      if (sample) void openSample(sample.id);
    },
    restoreRun: async (id) => {
      const run = store.getState().runs.find((entry) => entry.id === id);
      if (!run) return;
      if (isKept(context, run.input)) {
        opening.cancel();
        putRun(run);
        return;
      }
      await opening.run(run.input.name, async (signal) => {
        await bringBack(context, run.input, signal);
        throwIfCancelled(signal);
        putRun(run);
      });
    },
  };
}

function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  return samples.some(({ id }) => id === sample.id)
    ? samples.map((entry) => (entry.id === sample.id ? { ...entry, input: sample.input } : entry))
    : [...samples, sample];
}

/**
 * The samples, with what stands on the stage as the input of its own: what was edited comes back with its sample. Only a text
 * that is nowhere else does not give way to one that is.
 */
function withStage({ samples, input, runs }: LabState): readonly Sample[] {
  return samples.map((sample) => {
    if (!input || sample.id !== input.sampleId) return sample;
    const elsewhere = (other: LabInput | null): boolean =>
      other === null || canBeReadAgain(sample, other) || runs.some((run) => run.input === other);
    return elsewhere(input) && !elsewhere(sample.input) ? sample : { ...sample, input };
  });
}

/** The current model where it reads this kind of input, else the first that does. */
function modelFor({ models, modelId }: LabState, kind: LabInput['kind']): string | null {
  const current = models.find((model) => model.id === modelId);
  if (current?.info.modality === kind) return current.id;
  return models.find((model) => model.info.modality === kind)?.id ?? null;
}

/** Sorted, with spans that touch or overlap made one. */
export function mergedSpans(spans: readonly ByteSpan[]): ByteSpan[] {
  const merged: ByteSpan[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last && span.start <= last.end) merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    else if (span.start < span.end) merged.push(span);
  }
  return merged;
}
