/**
 * Commands a native menu sends into the window, as `{ kind: 'command', command }` of the host's `appEvents`. The window's
 * own registry uses the same ids, so that menu, palette and key are one command. Those with an argument end in `:`.
 */
export const MENU_COMMANDS = [
  'undo',
  'redo',
  'copy-table',
  'find-latent',
  'palette',
  'settings',
  'sidebar',
  'stage-read',
  'stage-process',
  'stage-write',
  'overlay',
  'outline',
  'scale',
  'sort',
  'region',
  'run',
  'cancel',
  'auto-run',
  'mask',
  'theme-system',
  'theme-light',
  'theme-dark',
  'engine-automatic',
  'engine-native',
  'engine-wasm',
  'engine-webgpu',
  'shortcuts',
] as const;

export type MenuCommand = (typeof MENU_COMMANDS)[number];

/** `sample:<id>` opens a sample. */
export const SAMPLE_COMMAND = 'sample:';
