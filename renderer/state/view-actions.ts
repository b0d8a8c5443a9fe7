/** What is looked at: stage, head, layer, sort, scale, selection, region, settings. Nothing here runs a model. */
import type { EngineChoice, Settings } from '../../electron/contract/host';
import type { ByteSpan, EngineName } from '../../models/runtime/types';
import { errorData, type LabContext } from './context';
import { change } from './history';
import type { LabState, LatentSort, PixelRegion, Selection, View } from './types';

/** Small spreads first, large shares first. */
const NATURAL: Readonly<Record<LatentSort, 'ascending' | 'descending'>> = {
  index: 'ascending',
  'rows-read': 'ascending',
  similarity: 'descending',
  region: 'descending',
  output: 'descending',
};

export interface ViewActions {
  view(change: Partial<View>): void;
  selectLatent(latent: number, add?: boolean): void;
  selectQuery(query: number | null): void;
  preview(preview: Partial<Selection>): void;
  letGo(): void;
  sort(sort: LatentSort): void;
  turn(): void;
  region(region: PixelRegion | null, done?: boolean): void;
  span(span: ByteSpan | null): void;
  pinLatent(latent: number): void;
  pinRun(id: string): void;
  settings(change: Partial<Settings>): void;
  engine(choice: EngineChoice): Promise<void>;
  /** Starts an engine that could not be used once more; how it went stands in its entry of the menu. */
  tryEngine(engine: EngineName): Promise<void>;
  dialog(dialog: LabState['dialog']): void;
  tab(tab: LabState['tab']): void;
  move(move: string): void;
}

export function createViewActions(context: LabContext): ViewActions {
  const { store, host } = context;
  const settings = (next: Partial<Settings>): void => {
    store.setState({ settings: { ...store.getState().settings, ...next } });
    void host.settingsWrite(next).catch((thrown) => store.setState({ inputError: errorData(thrown) }));
  };
  const made = (move: string): void => {
    const { movesMade } = store.getState().settings;
    if (!movesMade.includes(move)) settings({ movesMade: [...movesMade, move] });
  };
  return {
    view: (next) => store.setState({ view: { ...store.getState().view, ...next } }),
    selectLatent(latent, add = false) {
      const { selection } = store.getState();
      const others = selection.latents.filter((other) => other !== latent);
      const latents = add ? (others.length < selection.latents.length ? others : [...others, latent]) : [latent];
      store.setState({ selection: { latents, query: null }, preview: { latents: [], query: null } });
      made('latent');
    },
    selectQuery(query) {
      const state = store.getState();
      // Sorting by the output is what a person wants to see next; it is a sort like any other, and undone like one.
      store.setState({ selection: { latents: [], query }, preview: { latents: [], query: null } });
      if (query !== null && state.sort !== 'output') change(context, 'Sort by output', { sort: 'output', direction: 'descending' });
      if (query === null && state.sort === 'output') change(context, 'Sort by index', { sort: 'index', direction: 'ascending' });
      if (query !== null) made('output');
    },
    preview: (next) => store.setState({ preview: { ...store.getState().preview, ...next } }),
    letGo() {
      const { selection, view, sort } = store.getState();
      if (view.brushing) store.setState({ view: { ...view, brushing: false } });
      else if (selection.latents.length > 0 || selection.query !== null) {
        store.setState({ selection: { latents: [], query: null } });
        if (sort === 'output') store.setState({ sort: 'index', direction: 'ascending' });
      } else store.setState({ region: null, span: null });
    },
    sort: (sort) => change(context, 'Sort latents', { sort, direction: NATURAL[sort] }),
    turn() {
      const { direction } = store.getState();
      change(context, 'Turn the order', { direction: direction === 'ascending' ? 'descending' : 'ascending' });
    },
    region(region, done = true) {
      const { view } = store.getState();
      if (!done) {
        store.setState({ region });
        return;
      }
      change(
        context,
        'Region',
        region ? { region, sort: 'region', direction: 'descending' } : { region, sort: 'index', direction: 'ascending' },
      );
      store.setState({ view: { ...view, brushing: region !== null && view.brushing } });
      if (region) made('region');
    },
    span: (span) => store.setState({ span }),
    pinLatent(latent) {
      const { pinnedLatents } = store.getState();
      const others = pinnedLatents.filter((other) => other !== latent);
      store.setState({ pinnedLatents: others.length < pinnedLatents.length ? others : [...others, latent] });
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
      }
    },
    dialog: (dialog) => store.setState({ dialog }),
    tab: (tab) => store.setState({ tab }),
    move: made,
  };
}
