/** BrowserWindow as a page of an installed Chromium: the shipped preload runs in it, and our protocol answers its requests. */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { BrowserContext, Page, Route } from 'playwright-core';
import { decodeFrame, encodeFrame } from '../../contract/codec';
import { app, ipcMain, nativeTheme, protocolHandlers } from './app';
import { type DoublePort, type FarEnd, handOver } from './ports';

/** Chromium fetches no unknown scheme: `lab://app/` is a secure origin of this name in the page, and itself again in main. */
const PAGE_ORIGIN = 'https://app.lab.invalid';
const LAB_ORIGIN = 'lab://app';

const toPage = (address: string) => address.replace(LAB_ORIGIN, PAGE_ORIGIN);
const toLab = (address: string) => address.replace(PAGE_ORIGIN, LAB_ORIGIN);

interface Call {
  readonly kind: 'hello' | 'send' | 'port' | 'close';
  readonly channel: string;
  readonly message: unknown;
  readonly port: number;
  readonly data: string;
  /** Of the page, as it says itself: a new document's address may reach the double after its first message. */
  readonly url: string;
}

interface Options {
  readonly width: number;
  readonly height: number;
  readonly webPreferences: { readonly preload: string; readonly zoomFactor: number };
}

let nextId = 1;
/** The browser's context and the bundled page script, given before the app is ready. */
export const surroundings: { context: BrowserContext | null; pageScript: string } = { context: null, pageScript: '' };

class WebContents extends EventEmitter {
  readonly id = nextId++;
  readonly #ports = new Map<number, FarEnd>();
  #nextPort = 1;
  #told: Promise<unknown> = Promise.resolve();
  page: Page | null = null;
  openHandler: () => { action: string } = () => ({ action: 'allow' });

  setWindowOpenHandler(handler: () => { action: string }): void {
    this.openHandler = handler;
  }

  isDestroyed(): boolean {
    return this.page?.isClosed() ?? false;
  }

  getZoomFactor(): number {
    return 1;
  }

  postMessage(channel: string, message: unknown, transferred: readonly DoublePort[] = []): void {
    const handed = transferred.map((port) => ({ port, id: this.#nextPort++ }));
    // First the news of a port, then what comes over it.
    this.#tell({ kind: 'post', channel, message, ports: handed.map(({ id }) => id) });
    for (const { port, id } of handed) {
      const far = handOver(port, {
        message: (data) => this.#tell({ kind: 'port', port: id, message: data }),
        close: () => this.#tell({ kind: 'close', port: id }),
      });
      this.#ports.set(id, far);
    }
  }

  /** What a page did: said something, posted on a port, closed one, or began anew. */
  called(call: Call): void {
    if (call.kind === 'hello') this.closePorts();
    else if (call.kind === 'send')
      ipcMain.emit(call.channel, { sender: this, senderFrame: { url: toLab(call.url), parent: null } }, call.message);
    else if (call.kind === 'close') this.#ports.get(call.port)?.close();
    else this.#ports.get(call.port)?.message((decodeFrame(Buffer.from(call.data, 'base64')) as { data: unknown }).data);
  }

  closePorts(): void {
    for (const far of this.#ports.values()) far.close();
    this.#ports.clear();
  }

  /** One after the other: ports keep their order. */
  #tell(told: object): void {
    const base64 = Buffer.from(encodeFrame(told)).toString('base64');
    this.#told = this.#told
      .then(() =>
        this.page?.evaluate(
          (text) => (globalThis as unknown as { electronDoubleTell(text: string): void }).electronDoubleTell(text),
          base64,
        ),
      )
      // The page went meanwhile, and its ports with it.
      .catch(() => undefined);
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly all = new Set<BrowserWindow>();
  readonly webContents = new WebContents();
  readonly progress: { fraction: number; mode: string }[] = [];
  readonly #options: Options;
  readonly #page: Promise<Page>;
  #destroyed = false;

  static getFocusedWindow(): BrowserWindow | null {
    return [...BrowserWindow.all].at(-1) ?? null;
  }

  constructor(options: Options) {
    super();
    this.#options = options;
    BrowserWindow.all.add(this);
    app.emit('web-contents-created', {}, this.webContents);
    this.#page = this.#open();
  }

  async loadURL(address: string): Promise<void> {
    await (await this.#page).goto(toPage(address));
    this.emit('ready-to-show');
  }

  reload(): void {
    void this.#page.then((page) => page.reload());
  }

  async close(): Promise<void> {
    if (this.#destroyed) return;
    this.emit('close', { preventDefault: () => undefined });
    await (await this.#page).close().catch(() => undefined);
    this.#closed();
  }

  getNormalBounds() {
    return { x: 0, y: 0, width: this.#options.width, height: this.#options.height };
  }

  setProgressBar(fraction: number, { mode }: { mode: string }): void {
    this.progress.push({ fraction, mode });
  }

  isDestroyed = () => this.#destroyed;
  isMaximized = () => false;
  isMinimized = () => false;
  maximize(): void {}
  restore(): void {}
  show(): void {}
  focus(): void {}

  async #open(): Promise<Page> {
    const { context, pageScript } = surroundings;
    if (!context) throw new Error('The double has no browser.');
    const { width, height, webPreferences } = this.#options;
    const page = await context.newPage();
    this.webContents.page = page;
    await page.setViewportSize({ width, height });
    await page.exposeBinding('electronDoubleCall', (_source, call: Call) => this.webContents.called(call));
    const preload = readFileSync(webPreferences.preload, 'utf8');
    await page.addInitScript(`${pageScript}\n;(function (require) {\n${preload}\n})(globalThis.electronDoubleRequire);`);
    await page.route('**/*', (route) => this.#answer(route));
    page.on('popup', (popup) => {
      if (this.webContents.openHandler().action === 'deny') void popup.close();
    });
    page.on('close', () => this.#closed());
    nativeTheme.apply((colorScheme) => void page.emulateMedia({ colorScheme }).catch(() => undefined));
    return page;
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request();
    const url = toLab(request.url());
    if (request.isNavigationRequest() && request.frame().parentFrame() === null && request.frame().url() !== 'about:blank') {
      const event = new Event('will-navigate', { cancelable: true });
      this.webContents.emit('will-navigate', Object.assign(event, { url }));
      if (event.defaultPrevented) return route.abort('aborted');
    }
    const handler = protocolHandlers.get(new URL(url).protocol.replace(':', ''));
    // Nothing of ours is remote.
    if (!handler) return route.abort('blockedbyclient');
    const response = await handler(new Request(url, { method: request.method() }));
    const body = Buffer.from(await response.arrayBuffer());
    await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
  }

  #closed(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.webContents.closePorts();
    BrowserWindow.all.delete(this);
    this.emit('closed');
    if (BrowserWindow.all.size === 0) app.emit('window-all-closed');
  }
}
