/** What stands on the stage: samples, dropped files, pasted things, edits of a text, masks. Every change lets the run follow. */
import { LabError } from '../../models/lab-error';
import { firstWindow } from '../../models/modality/text-windows';
import type { ByteSpan } from '../../models/runtime/types';
import { errorData, type LabContext, newId, say } from './context';
import { change } from './history';
import type { RunActions } from './run-actions';
import { mostBytes } from './run-actions';
import type { ImageInput, LabInput, LabState, Sample, TextInput } from './types';

export interface InputActions {
  openSample(id: string): Promise<void>;
  /** Files dropped, pasted or chosen: all become samples, the first is shown. */
  openFiles(files: readonly File[]): Promise<void>;
  openText(text: string, name: string): Promise<void>;
  /** The person edited the text; masks lie where they then should. */
  editText(bytes: Uint8Array, masks: readonly ByteSpan[], part: ByteSpan): void;
  setMasks(masks: readonly ByteSpan[], label: string): void;
  /** Which part of a long text is read; `done` is false while it is being dragged. */
  readPart(part: ByteSpan, done: boolean): void;
  chooseModel(id: string): void;
  /** Brings back what a run of this sitting was made from. */
  restoreRun(id: string): void;
}

const PICTURE_NAME = /\.(png|jpe?g|gif|webp|avif|bmp|svg|heic|heif|tiff?|ico)$/i;

export function createInputActions(context: LabContext, runs: RunActions): InputActions {
  const { store, arrays, host } = context;

  const show = (sample: Sample, input: LabInput): void => {
    const state = store.getState();
    const samples = state.samples.map((entry) => (entry.id === sample.id ? { ...entry, input } : entry));
    store.setState({
      samples: samples.some((entry) => entry.id === sample.id) ? samples : [...samples, { ...sample, input }],
      modelId: modelFor(state, input.kind),
      input,
      inputError: null,
      opening: null,
      region: null,
      span: null,
      selection: { latents: [], query: null },
      ...(state.sort === 'rows-read' ? {} : { sort: 'index', direction: 'ascending' }),
      undo: [],
      redo: [],
      view: { ...state.view, originalShown: false, brushing: false },
    });
    store.setState({ outOfDate: true });
    void runs.run();
  };

  const read = async (file: Blob, name: string, sampleId: string, modality?: 'image' | 'text'): Promise<LabInput> => {
    if (modality === 'image' || (modality === undefined && (file.type.startsWith('image/') || PICTURE_NAME.test(name)))) {
      return keepImage(context, sampleId, name, await context.decodeImage(file, name));
    }
    if (/^(audio|video)\//.test(file.type)) {
      throw new LabError(
        'format-unsupported',
        `${name} is sound or video; the models here read pictures and text.`,
        'Open a picture or a text.',
      );
    }
    return keepText(context, sampleId, name, context.decodeText(new Uint8Array(await file.arrayBuffer()), name));
  };

  const attempt = async (name: string, work: () => Promise<void>): Promise<void> => {
    store.setState({ opening: name, inputError: null });
    try {
      await work();
    } catch (thrown) {
      const inputError = errorData(thrown);
      store.setState({ inputError });
      say(context, inputError.message);
    } finally {
      store.setState({ opening: null });
    }
  };

  const openSample = async (id: string): Promise<void> => {
    const sample = store.getState().samples.find((entry) => entry.id === id);
    if (!sample) return;
    if (sample.input) {
      show(sample, sample.input);
      return;
    }
    await attempt(sample.name, async () => {
      const bytes = await host.sampleRead({ sampleId: id });
      const input = await read(new Blob([bytes as Uint8Array<ArrayBuffer>]), sample.name, id, sample.modality);
      const entry = (await host.samples({})).find((candidate) => candidate.id === id);
      show(sample, withSampleMasks(input, entry?.masks ?? []));
    });
  };

  return {
    openSample,
    openFiles: async (files) => {
      const opened: { sample: Sample; input: LabInput }[] = [];
      for (const file of files) {
        await attempt(file.name, async () => {
          const id = newId('sample');
          const input = await read(file, file.name, id);
          opened.push({ sample: { id, name: file.name, modality: input.kind, origin: 'yours', input }, input });
        });
      }
      const [first, ...rest] = opened;
      if (!first) return;
      const { inputError } = store.getState();
      store.setState({ samples: [...store.getState().samples, ...rest.map(({ sample }) => sample)] });
      show(first.sample, first.input);
      // One bad file among good ones still deserves its sentence.
      if (inputError) store.setState({ inputError });
    },
    openText: (text, name) =>
      attempt(name, async () => {
        const id = newId('sample');
        const input = keepText(context, id, name, context.decodeText(new TextEncoder().encode(text), name));
        show({ id, name, modality: 'text', origin: 'yours', input }, input);
      }),
    editText: (bytes, masks, part) => {
      const { input } = store.getState();
      if (input?.kind !== 'text') return;
      const textId = newId('text');
      arrays.texts.set(textId, bytes);
      change(context, 'Edit text', { input: { ...input, textId, byteCount: bytes.length, masks, part }, span: null }, true);
      runs.follow();
    },
    setMasks: (masks, label) => {
      const { input } = store.getState();
      if (input?.kind !== 'text') return;
      change(context, label, { input: { ...input, masks: mergedSpans(masks) } });
      runs.follow();
    },
    readPart: (part, done) => {
      const { input } = store.getState();
      if (input?.kind !== 'text') return;
      change(context, 'Choose part', { input: { ...input, part } }, true);
      if (done) runs.follow();
    },
    chooseModel: (id) => {
      const state = store.getState();
      const model = state.models.find((entry) => entry.id === id);
      if (!model || id === state.modelId) return;
      store.setState({ modelId: id, region: null, span: null });
      if (state.input?.kind === model.info.modality) {
        void runs.run();
        return;
      }
      const sample = state.samples.find((entry) => entry.modality === model.info.modality);
      if (sample) void openSample(sample.id);
    },
    restoreRun: (id) => {
      const state = store.getState();
      const run = state.runs.find((entry) => entry.id === id);
      if (!run) return;
      runs.leave();
      store.setState({ input: run.input, modelId: run.modelId, undo: [], redo: [], region: null, span: null, inputError: null });
      if (run.outcome === 'done' && arrays.results.get(id)) {
        store.setState({
          shownRunId: id,
          outOfDate: false,
          failure: null,
          running: null,
          selection: { latents: [], query: null },
          sort: 'index',
          direction: 'ascending',
        });
      } else void runs.run();
    },
  };
}

/** The current model where it reads this kind of input, else the first that does. */
function modelFor({ models, modelId }: LabState, kind: LabInput['kind']): string | null {
  const current = models.find((model) => model.id === modelId);
  if (current?.info.modality === kind) return current.id;
  return models.find((model) => model.info.modality === kind)?.id ?? null;
}

function keepImage(
  context: LabContext,
  sampleId: string,
  name: string,
  decoded: Awaited<ReturnType<LabContext['decodeImage']>>,
): ImageInput {
  const pictureId = newId('picture');
  context.arrays.pictures.set(pictureId, decoded.image);
  return { kind: 'image', sampleId, name, pictureId, notes: decoded.notes };
}

function keepText(context: LabContext, sampleId: string, name: string, decoded: ReturnType<LabContext['decodeText']>): TextInput {
  const textId = newId('text');
  context.arrays.texts.set(textId, decoded.bytes);
  return {
    kind: 'text',
    sampleId,
    name,
    textId,
    byteCount: decoded.bytes.length,
    masks: [],
    part: firstWindow(decoded.bytes, mostBytes(context.store.getState())),
    notes: decoded.notes,
  };
}

function withSampleMasks(input: LabInput, masks: readonly (readonly [number, number])[]): LabInput {
  return input.kind === 'text' ? { ...input, masks: masks.map(([start, end]) => ({ start, end })) } : input;
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
