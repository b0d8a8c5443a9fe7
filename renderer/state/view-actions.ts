/** What is looked at: stage, head, layer, sort, scale, selection, region, settings. Nothing here runs a model, but for another engine. */
import type { EngineChoice, Settings } from '../../electron/contract/host';
import type { ByteSpan, EngineName } from '../../models/runtime/types';
import { en } from '../app/language/en';
import { errorData, type LabContext } from './context';
import { NOTHING_SELECTED } from './defaults';
import { shownRun } from './derived';
import { change } from './history';
import { movedQuery } from './moved-query';
import type { RunActions } from './run-actions';
import { BY_INDEX, NATURAL_DIRECTION } from './sorts';
import type { LabInput, LabState, LatentSort, PixelRegion, Selection, View } from './types';

export interface ViewActions {
  view(change: Partial<View>): void;
  selectLatent(latent: number, add?: boolean): void;
  selectQuery(query: number | null): void;
  /** The output of a byte of the text on the stage; it may have been edited since the shown run. */
  selectByte(byte: number): void;
  preview(preview: Partial<Selection>): void;
  /** One thing after another: brushing, latents, the output, the region. */
  letGo(): void;
  /** Everything that is selected, at once. */
  clearSelection(): void;
  sort(sort: LatentSort): void;
  turn(): void;
  /** While a region is being drawn `done` is false; only what it is in the end can be undone. */
  region(region: PixelRegion | null, done?: boolean): void;
  span(span: ByteSpan | null): void;
  pinLatent(latent: number): void;
  pinRun(id: string): void;
  settings(change: Partial<Settings>): void;
  /** Chooses an engine and runs on it; what runs now stays where it cannot be chosen. */
  engine(choice: EngineChoice): Promise<void>;
  /** Starts an engine that could not be used once more; how it went stands in its entry of the menu. */
  tryEngine(engine: EngineName): Promise<void>;
  dialog(dialog: LabState['dialog']): void;
  tab(tab: LabState['tab']): void;
  move(move: string): void;
}

export function createViewActions(context: LabContext, runs: RunActions): ViewActions {
  const { store, host, arrays } = context;
  /** What the region was when a drag began, and over which input. */
  let drag: { readonly input: LabInput | null; readonly region: PixelRegion | null } | null = null;

  const settings = (next: Partial<Settings>): void => {
    store.setState({ settings: { ...store.getState().settings, ...next } });
    void host.settingsWrite(next).catch((thrown) => store.setState({ inputError: errorData(thrown) }));
  };
  const made = (move: string): void => {
    const { movesMade } = store.getState().settings;
    if (!movesMade.includes(move)) settings({ movesMade: [...movesMade, move] });
  };
  const shownResult = () => arrays.results.get(store.getState().shownRunId ?? '');
  const selectQuery = (wanted: number | null): void => {
    const { sort } = store.getState();
    const query = wanted !== null && wanted < (shownResult()?.queries ?? 0) ? wanted : null;
    store.setState({ selection: { latents: [], query }, preview: NOTHING_SELECTED });
    // Sorting by the output is what a person wants to see next; it is a sort like any other, and undone like one.
    if (query !== null && sort !== 'output') change(context, en.steps.sortByOutput, { sort: 'output', direction: 'descending' });
    if (query === null && sort === 'output') change(context, en.steps.sortByIndex, BY_INDEX);
    if (query !== null) made('output');
  };
  return {
    view: (next) => store.setState({ view: { ...store.getState().view, ...next } }),
    selectLatent(latent, add = false) {
      const { selection } = store.getState();
      const others = selection.latents.filter((other) => other !== latent);
      const latents = add ? (others.length < selection.latents.length ? others : [...others, latent]) : [latent];
      // Of many outputs the chosen one stays, and the latent's rank is the one it has there.
      const query = shownResult()?.output.kind === 'bytes' ? selection.query : null;
      store.setState({ selection: { latents, query }, preview: NOTHING_SELECTED });
      made('latent');
    },
    selectQuery,
    selectByte(byte) {
      const { input } = store.getState();
      const run = shownRun(store.getState());
      // A class is no output of a byte.
      if (input?.kind !== 'text' || shownResult()?.output.kind !== 'bytes') return;
      selectQuery(run ? movedQuery(arrays, input, run.input, byte - input.part.start) : null);
    },
    preview: (next) => store.setState({ preview: { ...store.getState().preview, ...next } }),
    letGo() {
      const { selection, view, sort, region, span } = store.getState();
      if (view.brushing) store.setState({ view: { ...view, brushing: false } });
      else if (selection.latents.length > 0) store.setState({ selection: { latents: [], query: selection.query } });
      else if (selection.query !== null) {
        store.setState({ selection: NOTHING_SELECTED });
        if (sort === 'output') store.setState(BY_INDEX);
      } else if (region) change(context, en.steps.clearRegion, { region: null, span: null, ...(sort === 'region' ? BY_INDEX : {}) });
      else if (span) store.setState({ span: null });
    },
    clearSelection: () => store.setState({ selection: NOTHING_SELECTED, preview: NOTHING_SELECTED, span: null, ...BY_INDEX }),
    sort: (sort) => change(context, en.steps.sort, { sort, direction: NATURAL_DIRECTION[sort] }),
    turn() {
      const { direction } = store.getState();
      change(context, en.steps.turn, { direction: direction === 'ascending' ? 'descending' : 'ascending' });
    },
    region(region, done = true) {
      const { input, region: now, sort, view } = store.getState();
      if (drag?.input !== input) drag = null;
      if (!done) {
        drag ??= { input, region: now };
        store.setState({ region });
        return;
      }
      const dragged = drag;
      drag = null;
      // Undo leads to what was there before the drag, not to where the pointer last was.
      if (dragged) store.setState({ region: dragged.region });
      if (sameRegion(store.getState().region, region)) return;
      if (region) {
        change(context, en.steps.region, { region, sort: 'region', direction: 'descending' }, dragged === null);
        made('region');
      } else {
        change(context, en.steps.clearRegion, { region, ...(sort === 'region' ? BY_INDEX : {}) });
        store.setState({ view: { ...view, brushing: false } });
      }
    },
    span: (span) => store.setState({ span }),
    pinLatent(latent) {
      const { pinnedLatents, modelId } = store.getState();
      const model = shownRun(store.getState())?.modelId ?? modelId;
      if (!model) return;
      const pinned = pinnedLatents[model] ?? [];
      const others = pinned.filter((other) => other !== latent);
      store.setState({ pinnedLatents: { ...pinnedLatents, [model]: others.length < pinned.length ? others : [...others, latent] } });
    },
    pinRun: (id) => store.setState({ runs: store.getState().runs.map((run) => (run.id === id ? { ...run, pinned: !run.pinned } : run)) }),
    settings,
    async tryEngine(engine) {
      const attempt = engine === 'native' ? host.engineRestart({ engine }) : context.engine(engine);
      await attempt.catch(() => undefined);
    },
    async engine(choice) {
      try {
        store.setState({ engines: await host.engineChoose({ choice }) });
      } catch (thrown) {
        store.setState({ inputError: errorData(thrown) });
        return;
      }
      await runs.run();
    },
    dialog: (dialog) => store.setState({ dialog }),
    tab: (tab) => store.setState({ tab }),
    move: made,
  };
}

function sameRegion(a: PixelRegion | null, b: PixelRegion | null): boolean {
  return a === b || (a !== null && b !== null && a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height);
}
