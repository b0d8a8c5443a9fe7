/**
 * Every command once: title, key, whether it can run now (and why not), what it does. Palette, keys, buttons and the native
 * menu all go through this list.
 */
import { fittingView, shownInfo } from '../state/derived';
import type { Lab } from '../state/lab';
import { hasBasis, SORT_ORDER } from '../state/sorts';
import type { AttentionStage, LabState, LatentSort } from '../state/types';
import { en } from './language/en';
import { NARROW } from './use-column';

export interface Command {
  readonly id: string;
  readonly title: string;
  /** As shown: `⌘K`, `R`. Mod is ⌘ on a Mac and Ctrl elsewhere. */
  readonly key?: string;
  /** Acts only where a map, gallery or text selection has focus. */
  readonly letter?: boolean;
  /** Why it cannot run now, or null. */
  readonly why?: (state: LabState) => string | null;
  readonly run: (lab: Lab) => void;
}

export { SORT_ORDER };

/** Why a sort cannot be chosen now, or null. */
export function sortNeeds(state: LabState, sort: LatentSort): string | null {
  if (sort === 'index' || sort === 'rows-read' || hasBasis(state, sort)) return null;
  return en.sortNeeds[sort];
}

const needsResult = (state: LabState): string | null => (state.shownRunId ? null : en.why.noResult);
const needsPicture = (state: LabState): string | null => (state.input?.kind === 'image' ? null : en.why.noPicture);

/** The latent before or after the selected one, in the order of the index. */
export function stepLatent(lab: Lab, by: number): void {
  const state = lab.store.getState();
  const info = shownInfo(state);
  if (!info) return;
  const current = state.selection.latents.at(-1);
  const next = current === undefined ? (by > 0 ? 0 : info.latents - 1) : (current + by + info.latents) % info.latents;
  lab.views.selectLatent(next);
}

function stepLayer(lab: Lab, by: number): void {
  const state = lab.store.getState();
  const info = shownInfo(state);
  if (!info) return;
  const all = info.blocks * info.layersPerBlock;
  const { block, layer } = fittingView(state.view, info);
  const index = (block * info.layersPerBlock + layer + by + all) % all;
  lab.views.view({ block: Math.floor(index / info.layersPerBlock), layer: index % info.layersPerBlock });
}

/** In a small window the sidebar comes over the content; what is saved is for larger ones. */
export function toggleSidebar(lab: Lab): void {
  const { dialog, settings } = lab.store.getState();
  if (window.matchMedia(NARROW).matches) lab.views.dialog(dialog === 'sidebar' ? 'none' : 'sidebar');
  else lab.views.settings({ sidebar: !settings.sidebar });
}

function stepHead(lab: Lab): void {
  const state = lab.store.getState();
  const info = shownInfo(state);
  if (!info) return;
  const view = fittingView(state.view, info);
  const { stage } = view;
  const key = stage === 'read' ? 'readHead' : stage === 'process' ? 'layerHead' : 'writeHead';
  const heads = stage === 'read' ? info.encoderHeads : stage === 'process' ? info.layerHeads : info.decoderHeads;
  const head = view[key];
  lab.views.view({ [key]: head === 'mean' ? 0 : head + 1 < heads ? head + 1 : 'mean' });
}

function stage(id: AttentionStage, key: string): Command {
  return {
    id: `stage-${id}`,
    title: en.commands.showStage(en.strip[id]),
    key,
    letter: true,
    why: needsResult,
    run: (lab) => lab.views.view({ stage: id }),
  };
}

/** Doors that only the page has. */
export interface PageActions {
  readonly openFiles: () => void;
  readonly pasteClipboard: () => void;
  readonly copyTable: () => void;
}

export function createCommands(page: PageActions): readonly Command[] {
  return [
    {
      id: 'run',
      title: en.run,
      key: 'Mod+Enter',
      why: (state) => (state.input ? null : en.why.noInput),
      run: (lab) => void lab.runs.run(),
    },
    {
      id: 'cancel',
      title: en.cancel,
      key: 'Esc',
      why: (state) => (state.running ? null : en.why.notRunning),
      run: (lab) => lab.runs.cancel(),
    },
    { id: 'open', title: en.open, key: 'Mod+O', run: page.openFiles },
    { id: 'paste', title: en.paste, key: 'Mod+V', run: page.pasteClipboard },
    { id: 'new-text', title: en.newText, run: (lab) => void lab.inputs.openText(en.typeHere, en.newText) },
    {
      id: 'undo',
      title: en.commands.undo,
      key: 'Mod+Z',
      why: (state) => (state.undo.length > 0 ? null : en.undo(null)),
      run: (lab) => lab.undo(),
    },
    {
      id: 'redo',
      title: en.commands.redo,
      key: 'Mod+Shift+Z',
      why: (state) => (state.redo.length > 0 ? null : en.redo(null)),
      run: (lab) => lab.redo(),
    },
    { id: 'palette', title: en.searchCommands, key: 'Mod+K', run: (lab) => lab.views.dialog('palette') },
    {
      id: 'sidebar',
      title: en.sidebar,
      key: 'Mod+B',
      run: toggleSidebar,
    },
    { id: 'settings', title: en.settings, key: 'Mod+,', run: (lab) => lab.views.dialog('settings') },
    { id: 'shortcuts', title: en.shortcuts.title, key: '?', letter: true, run: (lab) => lab.views.dialog('shortcuts') },
    { id: 'find-latent', title: en.commands.findLatent, key: 'Mod+F', why: needsResult, run: (lab) => lab.views.dialog('find') },
    { id: 'copy-table', title: en.commands.copyTable, key: 'Mod+Shift+C', why: needsResult, run: page.copyTable },
    stage('read', '1'),
    stage('process', '2'),
    stage('write', '3'),
    { id: 'next-latent', title: en.next, key: 'J', letter: true, why: needsResult, run: (lab) => stepLatent(lab, 1) },
    { id: 'previous-latent', title: en.previous, key: 'K', letter: true, why: needsResult, run: (lab) => stepLatent(lab, -1) },
    { id: 'layer-before', title: en.commands.layerBefore, key: '[', letter: true, why: needsResult, run: (lab) => stepLayer(lab, -1) },
    { id: 'layer-after', title: en.commands.layerAfter, key: ']', letter: true, why: needsResult, run: (lab) => stepLayer(lab, 1) },
    { id: 'head', title: en.commands.nextHead, key: 'H', letter: true, why: needsResult, run: stepHead },
    {
      id: 'region',
      title: en.commands.region,
      key: 'R',
      letter: true,
      why: needsPicture,
      run: (lab) => lab.views.view({ brushing: !lab.store.getState().view.brushing }),
    },
    {
      id: 'outline',
      title: en.commands.outline,
      key: 'O',
      letter: true,
      why: needsPicture,
      run: (lab) => overlay(lab, (now) => ({ outline: !now.outline })),
    },
    {
      id: 'overlay',
      title: en.commands.overlay,
      key: 'V',
      letter: true,
      why: needsPicture,
      run: (lab) => overlay(lab, (now) => ({ mode: now.mode === 'heat' ? 'spotlight' : 'heat' })),
    },
    {
      id: 'less-opacity',
      title: en.commands.lessOpacity,
      key: ',',
      letter: true,
      why: needsPicture,
      run: (lab) => overlay(lab, (now) => ({ opacity: Math.max(0, now.opacity - 0.05) })),
    },
    {
      id: 'more-opacity',
      title: en.commands.moreOpacity,
      key: '.',
      letter: true,
      why: needsPicture,
      run: (lab) => overlay(lab, (now) => ({ opacity: Math.min(1, now.opacity + 0.05) })),
    },
    { id: 'sort', title: en.commands.nextSort, key: 'S', letter: true, why: needsResult, run: nextSort },
    {
      id: 'scale',
      title: en.commands.scale,
      key: 'N',
      letter: true,
      why: needsResult,
      run: (lab) => lab.views.view({ oneScale: !lab.store.getState().view.oneScale }),
    },
    {
      id: 'table',
      title: en.commands.table,
      key: 'T',
      letter: true,
      why: needsResult,
      run: (lab) => lab.views.view({ tableExpanded: !lab.store.getState().view.tableExpanded }),
    },
    {
      id: 'pin',
      title: en.commands.pinLatent,
      key: 'P',
      letter: true,
      why: (state) => (state.selection.latents.length > 0 ? null : en.why.noLatent),
      run: pinSelected,
    },
    {
      id: 'mask',
      title: en.steps.mask,
      key: 'M',
      letter: true,
      why: (state) => (state.span ? null : en.why.noText),
      run: maskSpan,
    },
    { id: 'clear-masks', title: en.steps.clearMasks, why: hasMasks, run: (lab) => lab.inputs.setMasks([], en.steps.clearMasks) },
    {
      id: 'residual',
      title: en.output.countResidual,
      why: needsResult,
      run: (lab) => lab.views.view({ countResidual: !lab.store.getState().view.countResidual }),
    },
    {
      id: 'auto-run',
      title: en.settingsPage.autoRun,
      run: (lab) => lab.views.settings({ autoRun: !lab.store.getState().settings.autoRun }),
    },
    ...(['system', 'light', 'dark'] as const).map(
      (theme): Command => ({
        id: `theme-${theme}`,
        title: en.commands.theme(en.settingsPage.themes[theme]),
        run: (lab) => lab.views.settings({ theme }),
      }),
    ),
    ...(['automatic', 'native', 'wasm', 'webgpu'] as const).map(
      (engine): Command => ({
        id: `engine-${engine}`,
        title: en.commands.engine(engine === 'automatic' ? en.automatic : en.engines[engine]),
        run: (lab) => void lab.views.engine(engine),
      }),
    ),
  ];
}

function overlay(lab: Lab, next: (now: LabState['view']['overlay']) => Partial<LabState['view']['overlay']>): void {
  const now = lab.store.getState().view.overlay;
  lab.views.view({ overlay: { ...now, ...next(now) } });
}

function nextSort(lab: Lab): void {
  const state = lab.store.getState();
  const able = SORT_ORDER.filter((sort) => sortNeeds(state, sort) === null);
  lab.views.sort(able[(able.indexOf(state.sort) + 1) % able.length] ?? 'index');
}

function pinSelected(lab: Lab): void {
  for (const latent of lab.store.getState().selection.latents) lab.views.pinLatent(latent);
}

function hasMasks({ input }: LabState): string | null {
  return input?.kind === 'text' && input.masks.length > 0 ? null : en.why.noMasks;
}

function maskSpan(lab: Lab): void {
  const { input, span } = lab.store.getState();
  if (input?.kind === 'text' && span) lab.inputs.setMasks([...input.masks, span], en.steps.mask);
}
