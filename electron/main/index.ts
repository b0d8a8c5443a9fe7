/**
 * Perceiver Lab in Electron: the boot as a list. Order matters where it says so. Everything the app can do stands in the
 * host; this room gives it a window, a menu, a protocol of its own and a process for the engine.
 */
import { app, BrowserWindow, Menu, nativeTheme, session } from 'electron';
import { findFolders } from '../host/folders';
import { createHost, type Host, warmUp } from '../host/index';
import { readModelInfo } from '../host/read-model-info';
import { type AppWindow, openAppWindow, preloadIn } from './app-window';
import { menuTemplate } from './menu';
import { filesAmong, gatherPaths, openByDialog, openFiles } from './open-files';
import { registerScheme, servePages } from './page-protocol';
import { servePorts } from './ports';
import { denyNavigation, denyPermissions } from './security';
import { utilityEngine } from './utility-engine';

const folders = findFolders(import.meta.dirname);
/** Files named before the window is there. */
const early: string[] = [];
let window: AppWindow | null = null;
const open = gatherPaths((paths) => {
  if (window) void openFiles(paths, window.send);
  else early.push(...paths);
});

// Before anything is kept there: the same folder as browser mode's and the terminal's, and the same lock.
app.setPath('userData', folders.dataFolder);
// A second start opens its files here and ends.
if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  // Before the app is ready: schemes are fixed from then on, and so is the sandbox.
  app.enableSandbox();
  registerScheme();
  denyNavigation();
  app.on('open-file', (event, path) => {
    event.preventDefault();
    open([path]);
  });
  app.on('second-instance', (_event, args) => {
    open(filesAmong(args, app.isPackaged));
    window?.show();
  });
  app.on('window-all-closed', () => app.quit());
  void app.whenReady().then(boot);
}

async function boot(): Promise<void> {
  const host = await createHost({
    ...folders,
    mode: 'electron',
    modeReason: null,
    startEngineProcess: utilityEngine(folders.engineEntry),
    readModelInfo,
  });
  warmUp(host);
  host.settings.watch(({ theme }) => {
    nativeTheme.themeSource = theme;
  });
  denyPermissions(session.defaultSession);
  servePages(folders.rendererFolder);
  // Before the window: its page asks for ports at once.
  servePorts(host, (contentsId) => (window?.contentsId === contentsId ? window : undefined));
  endEnginesOnQuit(host);
  window = await openAppWindow({
    dataFolder: host.options.dataFolder,
    preload: preloadIn(folders.root),
    dark: nativeTheme.shouldUseDarkColors,
  });
  window.browserWindow.once('closed', () => {
    window = null;
  });
  await window.load();
  await setMenu(host);
  open([...early.splice(0), ...filesAmong(process.argv, app.isPackaged)]);
}

async function setMenu(host: Host): Promise<void> {
  const template = menuTemplate({
    command: (command) => window?.send({ kind: 'command', command }),
    open: () => {
      const front = BrowserWindow.getFocusedWindow() ?? window?.browserWindow;
      if (front && window) void openByDialog(front, window.send);
    },
    samples: await host.samples.list().catch(() => []),
    mac: process.platform === 'darwin',
    developer: !app.isPackaged,
  });
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}

/** Quitting waits for the engine's process to be gone, once. */
function endEnginesOnQuit(host: Host): void {
  let ended = false;
  app.on('will-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    void host.close().finally(() => {
      ended = true;
      app.quit();
    });
  });
}
