/** The lab of one window: store, arrays, actions. `createLab` needs no React and no DOM; tests hand it doors of their own. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AppEvent, EnginesView } from '../../electron/contract/host';
import { LabError } from '../../models/lab-error';
import { type Arrays, type Budgets, createArrays } from './arrays';
import { type Attention, createAttention } from './attention';
import { errorData, type LabContext, type LabDoors } from './context';
import { INITIAL_STATE } from './defaults';
import { redo, undo } from './history';
import { heldIds } from './in-use';
import { createInputActions, type InputActions } from './input-actions';
import { createRunActions, type RunActions, runAgain } from './run-actions';
import { BY_INDEX, hasBasis } from './sorts';
import type { LabState, Sample } from './types';
import { createViewActions, type ViewActions } from './view-actions';

export interface Lab {
  readonly store: StoreApi<LabState>;
  readonly arrays: Arrays;
  readonly attention: Attention;
  readonly runs: RunActions;
  readonly inputs: InputActions;
  readonly views: ViewActions;
  undo(): void;
  redo(): void;
  /** Asks the host for everything and shows the first sample with its result. */
  start(): Promise<void>;
  /** The host is gone. */
  lost(): void;
  /** Menu commands and files from the system; returns the function that stops listening. */
  onAppEvent(listener: (event: AppEvent) => void): () => void;
  /** The file of a built-in sample, for its thumbnail. */
  thumbnailBytes(sampleId: string): Promise<Uint8Array>;
}

export function createLab(doors: LabDoors, budgets?: Budgets): Lab {
  const store = createStore<LabState>(() => INITIAL_STATE);
  const context: LabContext = { ...doors, store, arrays: createArrays(() => heldIds(store.getState()), budgets) };
  const runs = createRunActions(context);
  const views = createViewActions(context, runs);
  const inputs = createInputActions(context, runs, views);
  const attention = createAttention(context, (runId) => runAgain(context, runId));
  store.subscribe((state, before) => {
    if (state.shownRunId !== before.shownRunId) attention.showing(state.shownRunId);
    // Whatever took away what the gallery is sorted by: the order of the index is always there.
    if (!hasBasis(state, state.sort)) store.setState(BY_INDEX);
  });
  return {
    store,
    arrays: context.arrays,
    attention,
    runs,
    inputs,
    views,
    undo: () => {
      if (undo(context)) runs.follow();
    },
    redo: () => {
      if (redo(context)) runs.follow();
    },
    onAppEvent: (onProgress) => {
      const controller = new AbortController();
      doors.host.appEvents({}, { signal: controller.signal, onProgress }).catch(() => undefined);
      return () => controller.abort();
    },
    thumbnailBytes: (sampleId) => doors.host.sampleRead({ sampleId }),
    lost: () =>
      store.setState({
        phase: 'lost',
        fatal: {
          code: 'engine-lost',
          message: 'The connection to Perceiver Lab was lost.',
          hint: 'Start Perceiver Lab again, then reload this page.',
        },
      }),
    async start() {
      try {
        const [hello, models, entries] = await Promise.all([doors.host.hello({}), doors.host.models({}), doors.host.samples({})]);
        const samples = entries.map(({ id, name, modality }): Sample => ({ id, name, modality, origin: 'built-in', input: null }));
        store.setState({
          phase: 'ready',
          mode: { kind: hello.mode, reason: hello.modeReason, platform: hello.platform, version: hello.version },
          settings: hello.settings,
          models,
          modelId: models[0]?.id ?? null,
          samples,
        });
        const view = new Promise<void>((first) => {
          const onProgress = (engines: EnginesView): void => {
            store.setState({ engines });
            first();
          };
          doors.host.enginesWatch({}, { onProgress }).catch(() => first());
        });
        if (models.length === 0) throw new LabError('model-unknown', 'There is no model in the app.', 'Install Perceiver Lab again.');
        await view;
        const first = samples.find((sample) => sample.modality === models[0]?.info.modality) ?? samples[0];
        if (first) await inputs.openSample(first.id);
      } catch (thrown) {
        store.setState({ phase: 'lost', fatal: errorData(thrown) });
      }
    },
  };
}
