/** The one window: fixed preferences, remembered place, back after a crash with a sentence, progress in dock and taskbar. */
import { join } from 'node:path';
import { BrowserWindow, dialog, screen } from 'electron';
import { LabError } from '../../models/lab-error';
import type { AppEvent } from '../contract/host';
import type { HostWindow } from '../host/handlers';
import { PAGE_ADDRESS } from './page-protocol';
import { WEB_PREFERENCES } from './security';
import { MIN_HEIGHT, MIN_WIDTH, readWindowState, writeWindowState } from './window-state';

export interface AppWindow extends HostWindow {
  readonly contentsId: number;
  send(event: AppEvent): void;
  /** To the front, out of the dock. */
  show(): void;
  /** Opens the page. The window must be known to `servePorts` before: the page asks for its ports at once. */
  load(): Promise<void>;
  readonly browserWindow: BrowserWindow;
}

export interface AppWindowOptions {
  readonly dataFolder: string;
  readonly preload: string;
  readonly dark: boolean;
}

const CRASH_WINDOW_MS = 60_000;
const MAX_CRASHES = 3;
/** Events kept until the page listens: files named at the start, a notice of a crash. */
const MAX_WAITING = 32;

export async function openAppWindow({ dataFolder, preload, dark }: AppWindowOptions): Promise<AppWindow> {
  const state = await readWindowState(
    dataFolder,
    screen.getAllDisplays().map(({ workArea }) => workArea),
  );
  const { maximized, zoom, x, y, width, height } = state;
  const browserWindow = new BrowserWindow({
    width,
    height,
    ...(x === undefined || y === undefined ? {} : { x, y }),
    minWidth: MIN_WIDTH,
    minHeight: MIN_HEIGHT,
    title: 'Perceiver Lab',
    show: false,
    // The page's own ground (--bg of renderer/app/theme.css), so that nothing flashes before it is drawn.
    backgroundColor: dark ? '#141413' : '#F5F5F3',
    webPreferences: { ...WEB_PREFERENCES, preload, zoomFactor: zoom },
  });
  if (maximized) browserWindow.maximize();
  browserWindow.once('ready-to-show', () => browserWindow.show());

  const listeners = new Set<(event: AppEvent) => void>();
  const waiting: AppEvent[] = [];
  const send = (event: AppEvent) => {
    if (listeners.size === 0) waiting.splice(0, Math.max(0, waiting.push(event) - MAX_WAITING));
    for (const listener of [...listeners]) listener(event);
  };

  rememberState(browserWindow, dataFolder);
  reloadAfterCrash(browserWindow, send);

  return {
    browserWindow,
    contentsId: browserWindow.webContents.id,
    send,
    load: () => browserWindow.loadURL(PAGE_ADDRESS),
    show: () => {
      if (browserWindow.isMinimized()) browserWindow.restore();
      browserWindow.show();
      browserWindow.focus();
    },
    onAppEvent: (listener) => {
      listeners.add(listener);
      for (const event of waiting.splice(0)) listener(event);
      return () => listeners.delete(listener);
    },
    showProgress: (fraction, failed) => {
      if (!browserWindow.isDestroyed()) browserWindow.setProgressBar(fraction ?? -1, { mode: failed ? 'error' : 'normal' });
    },
  };
}

export function preloadIn(root: string): string {
  return join(root, 'out', 'preload', 'index.cjs');
}

function rememberState(window: BrowserWindow, folder: string): void {
  window.on('close', () => {
    const bounds = window.getNormalBounds();
    const state = { ...bounds, maximized: window.isMaximized(), zoom: window.webContents.getZoomFactor() };
    // A place that cannot be kept is no reason to hold the window open.
    writeWindowState(folder, state).catch(() => undefined);
  });
}

function reloadAfterCrash(window: BrowserWindow, send: (event: AppEvent) => void): void {
  let crashes: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const now = Date.now();
    crashes = [...crashes.filter((time) => time > now - CRASH_WINDOW_MS), now];
    if (crashes.length > MAX_CRASHES) {
      dialog.showErrorBox('Perceiver Lab cannot go on', 'Its window ended several times within a minute. Start Perceiver Lab again.');
      return;
    }
    const why = reason === 'oom' ? 'It ran out of memory.' : 'It ended by itself.';
    const error = new LabError('internal', `The window had to be opened afresh. ${why}`, 'Your settings are kept; open the input again.', {
      detail: reason,
    });
    send({ kind: 'notice', error: error.toData() });
    window.reload();
  });
}
