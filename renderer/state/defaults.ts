/** The window before anything is known. */
import { DEFAULT_SETTINGS } from '../../electron/contract/host';
import type { LabState, View } from './types';

export const DEFAULT_VIEW: View = {
  stage: 'read',
  readHead: 'mean',
  writeHead: 'mean',
  block: 0,
  layer: 0,
  layerHead: 'mean',
  oneScale: false,
  tiles: 'heat',
  tileSize: 56,
  overlay: { mode: 'heat', opacity: 0.85, outline: true },
  countResidual: true,
  originalShown: false,
  brushing: false,
  tableExpanded: false,
};

export const NOTHING_SELECTED = { latents: [], query: null } as const;

export const INITIAL_STATE: LabState = {
  phase: 'connecting',
  fatal: null,
  mode: { kind: 'browser', reason: null, platform: '', version: '' },
  settings: DEFAULT_SETTINGS,
  models: [],
  modelId: null,
  engines: null,
  samples: [],
  opening: null,
  adding: null,
  inputError: null,
  input: null,
  region: null,
  span: null,
  sort: 'index',
  direction: 'ascending',
  running: null,
  failure: null,
  runs: [],
  shownRunId: null,
  selection: NOTHING_SELECTED,
  preview: NOTHING_SELECTED,
  pinnedLatents: {},
  view: DEFAULT_VIEW,
  undo: [],
  redo: [],
  answers: 0,
  dialog: 'none',
  tab: 'input',
  said: '',
};
