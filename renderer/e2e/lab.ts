/**
 * A window of the shipped app for a test: in browser mode in an installed Chromium (project `browser`), or in Electron
 * (project `electron`): the real one where its binary is installed, else the double that runs the same main and preload.
 * Every test ends with the console looked at: an error or a violation of the content security policy fails it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, type BrowserContextOptions, test as base, chromium, expect, type Page } from '@playwright/test';
import { launchDouble } from '../../electron/testing/electron-double';
// @ts-expect-error a plain script without types
import { installedElectron } from '../../scripts/electron.mjs';

const ROOT = resolve(import.meta.dirname, '..', '..');
export const SAMPLES = join(ROOT, 'assets', 'samples');
export const SCREENSHOTS = join(ROOT, 'docs', 'screenshots');

export const BROWSER_ARGS = [
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

interface Opened {
  readonly page: Page;
  close(): Promise<void>;
}

export interface LabOptions {
  /** Colours, sizes: only browser mode honours them. */
  readonly context?: BrowserContextOptions;
  readonly browserArgs?: readonly string[];
}

function executable(): string {
  const path = process.env.PERCEIVER_LAB_BROWSER;
  if (!path) throw new Error('PERCEIVER_LAB_BROWSER names no browser; run the tests with npm test.');
  return path;
}

/** Starts `npm start -- --no-open`'s own script and opens the address it prints. */
export async function openInBrowser({ context = {}, browserArgs = [] }: LabOptions = {}): Promise<Opened> {
  const data = mkdtempSync(join(tmpdir(), 'perceiver-lab-e2e-'));
  const server = spawn(process.execPath, [join(ROOT, 'scripts', 'start.mjs'), '--no-open'], {
    cwd: ROOT,
    env: { ...process.env, PERCEIVER_LAB_DATA: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const address = await addressOf(server);
  const root = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: executable(),
    args: [...BROWSER_ARGS, ...(root ? ['--no-sandbox'] : []), ...browserArgs],
  });
  const opened = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...context });
  const page = await opened.newPage();
  await page.goto(address);
  return {
    page,
    close: async () => {
      await browser.close();
      server.kill('SIGTERM');
      await new Promise((done) => (server.exitCode === null ? server.once('close', done) : done(null)));
      await rm(data, { recursive: true, force: true });
    },
  };
}

function addressOf(server: ChildProcess): Promise<string> {
  return new Promise((found, failed) => {
    let said = '';
    const listen = (chunk: Buffer): void => {
      said += chunk.toString();
      const address = /http:\/\/127\.0\.0\.1:\d+\S*/.exec(said);
      if (address) found(address[0]);
    };
    server.stdout?.on('data', listen);
    server.stderr?.on('data', listen);
    server.once('close', () => failed(new Error(`The server ended: ${said}`)));
  });
}

async function openInElectron(): Promise<Opened> {
  const data = mkdtempSync(join(tmpdir(), 'perceiver-lab-e2e-'));
  const path: string | null = installedElectron();
  if (!path) {
    const double = await launchDouble({ chromiumPath: executable(), browserArgs: BROWSER_ARGS, dataFolder: data });
    return { page: double.page, close: async () => void (await double.close()) };
  }
  const app = await _electron.launch({
    executablePath: path,
    // CI images and containers do not allow Chromium's sandbox; what it keeps out is not what these tests are about.
    args: [ROOT, ...(process.platform === 'linux' ? ['--no-sandbox'] : [])],
    env: { ...process.env, PERCEIVER_LAB_DATA: data } as Record<string, string>,
  });
  return { page: await app.firstWindow(), close: () => app.close() };
}

export const test = base.extend<{ lab: Page }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern.
  lab: async ({}, use, info) => {
    const opened = info.project.name === 'electron' ? await openInElectron() : await openInBrowser();
    const problems: string[] = [];
    opened.page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    opened.page.on('pageerror', (error) => problems.push(error.message));
    await firstResult(opened.page);
    await use(opened.page);
    await opened.close();
    expect(problems).toEqual([]);
  },
});

/** The first sample has run and the gallery is whole. */
export async function firstResult(page: Page): Promise<void> {
  await expect(page.locator('.class-row').first()).toBeVisible({ timeout: 30_000 });
  await galleryDone(page);
}

export async function galleryDone(page: Page, timeout = 15_000): Promise<void> {
  await expect(page.getByRole('button', { name: /^Run/ })).toBeVisible({ timeout });
  await expect(page.getByRole('grid')).not.toHaveAttribute('aria-busy', 'true', { timeout });
}

/** Presses Esc as soon as the engine reports progress on a run: the run is under way, and far from its end. */
export async function cancelRun(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((done) => {
        const look = (): void => {
          const running = document.querySelector('[data-run]')?.textContent?.includes('Cancel');
          const begun = [...document.querySelectorAll('.strip-head span')].some((cell) => /ms|…|\d \/ \d/.test(cell.textContent ?? ''));
          if (!running || !begun) return;
          observer.disconnect();
          window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
          done();
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        document.querySelector<HTMLElement>('[data-run]')?.click();
      }),
  );
}

/** Drops files on the window as a person would: real bytes in a DataTransfer. */
export async function dropFiles(page: Page, files: readonly { name: string; type: string; bytes: Uint8Array }[]): Promise<void> {
  const plain = files.map(({ name, type, bytes }) => ({ name, type, base64: Buffer.from(bytes).toString('base64') }));
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const { name, type, base64 } of list) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name, { type }));
    }
    return data;
  }, plain);
  for (const type of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('.window', type, { dataTransfer: transfer });
}

export { expect, installedElectron };
