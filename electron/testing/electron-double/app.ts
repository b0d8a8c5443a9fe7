/** The parts of Electron's main process that have no window: app, IPC, protocol, menu as data, session, dialogs told beforehand. */
import { EventEmitter } from 'node:events';

type Quitter = () => Promise<void>;

class App extends EventEmitter {
  readonly isPackaged = false;
  readonly #paths = new Map<string, string>();
  readonly recent: string[] = [];
  #ready: () => void = () => undefined;
  readonly #whenReady = new Promise<void>((done) => {
    this.#ready = done;
  });
  closeWindows: Quitter = async () => undefined;
  #quitting = false;

  requestSingleInstanceLock = () => true;
  enableSandbox(): void {}
  whenReady = () => this.#whenReady;
  becomeReady = () => this.#ready();
  setPath = (name: string, path: string) => void this.#paths.set(name, path);
  getPath = (name: string) => this.#paths.get(name) ?? '';
  addRecentDocument = (path: string) => void this.recent.push(path);

  /** Windows close, then `will-quit` may hold it back once, as in Electron. */
  quit(): void {
    void this.#quit();
  }

  async #quit(): Promise<void> {
    if (!this.#quitting) {
      this.#quitting = true;
      await this.closeWindows();
    }
    const event = new Event('will-quit', { cancelable: true });
    this.emit('will-quit', event);
    if (!event.defaultPrevented) process.exit(0);
  }
}

export const app = new App();
export const ipcMain = new EventEmitter();

type Handler = (request: Request) => Promise<Response> | Response;
export const protocolHandlers = new Map<string, Handler>();
const privileged = new Set<string>();
export const protocol = {
  registerSchemesAsPrivileged: (schemes: readonly { scheme: string }[]) => {
    for (const { scheme } of schemes) privileged.add(scheme);
  },
  handle: (scheme: string, handler: Handler) => {
    if (!privileged.has(scheme)) throw new Error(`The scheme ${scheme} was not registered before the app was ready.`);
    protocolHandlers.set(scheme, handler);
  },
};

/** Only remembered: whether Chromium asks them is not shown by the double. */
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (_handler: unknown) => undefined,
    setPermissionCheckHandler: (_handler: unknown) => undefined,
    setDevicePermissionHandler: (_handler: unknown) => undefined,
  },
};

type Scheme = 'light' | 'dark' | null;

class NativeTheme {
  #source = 'system';
  #appliers: ((scheme: Scheme) => void)[] = [];
  readonly shouldUseDarkColors = false;

  get themeSource(): string {
    return this.#source;
  }

  set themeSource(source: string) {
    this.#source = source;
    for (const applier of this.#appliers) applier(this.#scheme());
  }

  apply(applier: (scheme: Scheme) => void): void {
    this.#appliers.push(applier);
    if (this.#source !== 'system') applier(this.#scheme());
  }

  #scheme(): Scheme {
    return this.#source === 'light' || this.#source === 'dark' ? this.#source : null;
  }
}

export const nativeTheme = new NativeTheme();

export interface MenuItem {
  readonly id?: string;
  readonly label?: string;
  readonly role?: string;
  readonly accelerator?: string;
  readonly click?: () => void;
  readonly submenu?: readonly MenuItem[];
}

export const Menu = {
  current: [] as readonly MenuItem[],
  buildFromTemplate: (template: readonly MenuItem[]) => template,
  setApplicationMenu: (menu: readonly MenuItem[]) => {
    Menu.current = menu;
  },
};

export const dialog = {
  /** Paths the next open dialog answers with. */
  chosen: [] as string[],
  errors: [] as string[],
  showOpenDialog: async () => ({ canceled: dialog.chosen.length === 0, filePaths: dialog.chosen.splice(0) }),
  showErrorBox: (title: string, content: string) => void dialog.errors.push(`${title}: ${content}`),
};

export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
