/**
 * Opens the shipped app without Electron's binary: out/main/index.js and out/preload/index.cjs run under Node, with
 * `electron` resolved to the double, and windows are pages of an installed Chromium. What this cannot show stands in
 * docs/security.md. The engine's process is the shipped one too.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { build } from 'vite';
import type { Order } from './electron';

const ROOT = resolve(import.meta.dirname, '..', '..', '..');
const HERE = join(ROOT, 'electron', 'testing', 'electron-double');

export interface DoubleOptions {
  readonly chromiumPath: string;
  /** More arguments for Chromium. */
  readonly browserArgs?: readonly string[];
  /** Arguments of the app: files to open. */
  readonly args?: readonly string[];
  /** Where settings are kept; a new temporary folder unless told. */
  readonly dataFolder?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Double {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Every item of the native menu, flat. */
  menu(): Promise<readonly { id?: string; label?: string; accelerator?: string; role?: string }[]>;
  /** Chooses an item of the native menu. */
  click(id: string): Promise<void>;
  /** Files the next open dialog answers with. */
  choose(paths: readonly string[]): Promise<void>;
  /** A second start of the app with these arguments. */
  secondInstance(args: readonly string[]): Promise<void>;
  state(): Promise<{ errors: string[]; recent: string[]; progress: { fraction: number; mode: string }[] }>;
  /** Quits the app as a person would; resolves with its exit code once it and its processes are gone. */
  close(): Promise<number | null>;
}

/** Needs a build (`npm run build`). Each call is an app of its own. */
export async function launchDouble({ chromiumPath, browserArgs = [], args = [], dataFolder, env = {} }: DoubleOptions): Promise<Double> {
  const folder = await mkdtemp(join(tmpdir(), 'perceiver-lab-double-'));
  const bundles = await bundleDouble();
  const context = await chromium.launchPersistentContext(join(folder, 'browser'), {
    executablePath: chromiumPath,
    viewport: null,
    args: ['--remote-debugging-port=0', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...browserArgs],
  });
  const [blank] = context.pages();
  const opened = context.waitForEvent('page', { predicate: (candidate) => candidate !== blank });
  const main = fork(join(ROOT, 'out', 'main', 'index.js'), [...args], {
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    execArgv: ['--import', pathToFileURL(join(HERE, 'register.mjs')).href],
    env: {
      ...process.env,
      PERCEIVER_LAB_DATA: dataFolder ?? join(folder, 'data'),
      ...env,
      ELECTRON_DOUBLE_MODULE: bundles.electron,
      ELECTRON_DOUBLE: JSON.stringify({
        endpoint: await debuggingEndpoint(join(folder, 'browser')),
        pageScript: bundles.pageScript,
        parentPort: bundles.parentPort,
      }),
    },
  });
  const exited = once(main, 'exit') as Promise<[number | null]>;
  const page = await Promise.race([
    opened,
    exited.then(([code]) => Promise.reject(new Error(`The app ended at once (exit code ${code}).`))),
  ]);
  await page.waitForURL('https://app.lab.invalid/');
  await blank?.close();
  const order = orders(main);
  return {
    page,
    context,
    menu: () => order({ do: 'menu' }) as ReturnType<Double['menu']>,
    click: async (id) => void (await order({ do: 'click', id })),
    choose: async (paths) => void (await order({ do: 'choose', paths })),
    secondInstance: async (given) => void (await order({ do: 'second-instance', args: [process.execPath, ROOT, ...given] })),
    state: () => order({ do: 'state' }) as ReturnType<Double['state']>,
    close: async () => {
      main.kill('SIGTERM');
      const timer = setTimeout(() => main.kill('SIGKILL'), 10_000);
      const [code] = await exited;
      clearTimeout(timer);
      await context.close();
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

function orders(main: ChildProcess): (order: Order) => Promise<unknown> {
  let nextId = 1;
  return (order) =>
    new Promise((done, failed) => {
      const id = nextId++;
      const listen = (message: { id: number; answer?: unknown; failed?: string }) => {
        if (message.id !== id) return;
        main.off('message', listen);
        if (message.failed === undefined) done(message.answer);
        else failed(new Error(message.failed));
      };
      main.on('message', listen);
      main.send({ id, order });
    });
}

/** Chromium writes where it listens into its profile. */
async function debuggingEndpoint(profile: string): Promise<string> {
  for (let tries = 0; ; tries++) {
    const text = await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '');
    const [port] = text.split('\n');
    if (port) return `http://127.0.0.1:${port}`;
    if (tries > 100) throw new Error('Chromium does not say where its debugger listens.');
    await new Promise((next) => setTimeout(next, 50));
  }
}

interface Bundles {
  readonly electron: string;
  readonly parentPort: string;
  readonly pageScript: string;
}

let bundles: Promise<Bundles> | null = null;

/** Below node_modules, so that playwright-core is found from there. */
function bundleDouble(): Promise<Bundles> {
  bundles ??= (async () => {
    const cache = join(ROOT, 'node_modules', '.cache', 'perceiver-lab');
    await mkdir(cache, { recursive: true });
    const outDir = await mkdtemp(join(cache, 'double-'));
    process.once('exit', () => rmSync(outDir, { recursive: true, force: true }));
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: true,
        outDir,
        emptyOutDir: true,
        rollupOptions: {
          input: { electron: join(HERE, 'electron.ts'), 'parent-port': join(HERE, 'parent-port.ts') },
          output: { entryFileNames: '[name].mjs' },
        },
      },
      ssr: { external: ['playwright-core'], noExternal: ['@msgpack/msgpack'] },
    });
    await build({
      configFile: false,
      logLevel: 'silent',
      build: {
        outDir,
        emptyOutDir: false,
        lib: { entry: join(HERE, 'page-script.ts'), formats: ['iife'], name: 'electronDouble', fileName: () => 'page-script.js' },
      },
    });
    return {
      electron: pathToFileURL(join(outDir, 'electron.mjs')).href,
      parentPort: pathToFileURL(join(outDir, 'parent-port.mjs')).href,
      pageScript: await readFile(join(outDir, 'page-script.js'), 'utf8'),
    };
  })();
  return bundles;
}
