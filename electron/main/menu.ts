/** The native menu as data: what a command is called and its key; what it does is the window's business. */
import type { MenuItemConstructorOptions } from 'electron';
import { type MenuCommand, SAMPLE_COMMAND } from '../contract/commands';
import type { SampleEntry } from '../contract/host';

export interface MenuActions {
  command(command: string): void;
  open(): void;
  readonly samples: readonly SampleEntry[];
  readonly mac: boolean;
  /** Reload and developer tools, in a start from source only. */
  readonly developer: boolean;
}

type Item = MenuItemConstructorOptions;
/** macOS fills it; elsewhere the system's own lists do. */
const OPEN_RECENT: Item = { label: 'Open Recent', role: 'recentDocuments', submenu: [{ role: 'clearRecentDocuments' }] };
const SEPARATOR: Item = { type: 'separator' };

/** Single letters are no menu keys: they would take what a person types. */
export function menuTemplate(actions: MenuActions): Item[] {
  const item = (label: string, command: MenuCommand, accelerator?: string): Item => ({
    id: command,
    label,
    click: () => actions.command(command),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const samples = actions.samples.map((sample): Item => {
    const command = `${SAMPLE_COMMAND}${sample.id}`;
    return { id: command, label: sample.name, click: () => actions.command(command) };
  });
  const file: Item = {
    label: 'File',
    submenu: [
      { id: 'open', label: 'Open…', accelerator: 'CmdOrCtrl+O', click: () => actions.open() },
      ...(actions.mac ? [OPEN_RECENT] : []),
      { label: 'Open Sample', submenu: samples, enabled: samples.length > 0 },
      SEPARATOR,
      item('Settings…', 'settings', 'CmdOrCtrl+,'),
      SEPARATOR,
      actions.mac ? { role: 'close' } : { role: 'quit' },
    ],
  };
  const edit: Item = {
    label: 'Edit',
    submenu: [
      item('Undo', 'undo', 'CmdOrCtrl+Z'),
      item('Redo', 'redo', 'Shift+CmdOrCtrl+Z'),
      SEPARATOR,
      { role: 'cut' },
      { role: 'copy' },
      item('Copy as Table', 'copy-table'),
      { role: 'paste' },
      { role: 'selectAll' },
      SEPARATOR,
      item('Find Latent…', 'find-latent', 'CmdOrCtrl+F'),
      item('Search Commands…', 'palette', 'CmdOrCtrl+K'),
    ],
  };
  const view: Item = {
    label: 'View',
    submenu: [
      item('Sidebar', 'sidebar', 'CmdOrCtrl+B'),
      { label: 'Stage', submenu: [item('Read', 'stage-read'), item('Process', 'stage-process'), item('Write', 'stage-write')] },
      item('Heat or Spotlight', 'overlay'),
      item('Outline', 'outline'),
      item('Own Scale or One Scale', 'scale'),
      item('Next Sort', 'sort'),
      item('Region', 'region'),
      SEPARATOR,
      { label: 'Theme', submenu: [item('System', 'theme-system'), item('Light', 'theme-light'), item('Dark', 'theme-dark')] },
      SEPARATOR,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { role: 'togglefullscreen' },
      ...(actions.developer ? [SEPARATOR, { role: 'reload' } as const, { role: 'toggleDevTools' } as const] : []),
    ],
  };
  const run: Item = {
    label: 'Run',
    submenu: [
      item('Run', 'run', 'CmdOrCtrl+Enter'),
      item('Cancel', 'cancel'),
      item('Auto-run', 'auto-run'),
      SEPARATOR,
      item('Mask Selection', 'mask', 'Shift+CmdOrCtrl+M'),
      SEPARATOR,
      {
        label: 'Engine',
        submenu: [
          item('Automatic', 'engine-automatic'),
          item('CPU', 'engine-native'),
          item('WASM', 'engine-wasm'),
          item('WebGPU', 'engine-webgpu'),
        ],
      },
    ],
  };
  const help: Item = { role: 'help', submenu: [item('Shortcuts', 'shortcuts')] };
  return [...(actions.mac ? [{ role: 'appMenu' } as const] : []), file, edit, view, run, { role: 'windowMenu' }, help];
}
