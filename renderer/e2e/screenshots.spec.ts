/**
 * Pictures of each main view for README and for judging: light and dark, 1440 × 900 and 1024 × 768; states and menus, and
 * smaller windows, in light.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { decodeFrame, encodeFrame } from '../../electron/contract/codec';
import { expect, firstResult, galleryDone, openInBrowser, SCREENSHOTS, test } from './lab';

const SIZES = { wide: { width: 1440, height: 900 }, small: { width: 1024, height: 768 } } as const;

/** Fades are over and maps have come. */
const settle = (page: Page) => page.waitForTimeout(400);

async function openSample(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).click();
  await expect(page.locator('.title-name')).toHaveText(name);
  await galleryDone(page);
}

async function openText(page: Page): Promise<void> {
  await openSample(page, 'Missing letters');
  await expect(page.locator('.filled-table tbody tr').first()).toBeVisible();
}

async function openLatent(page: Page, latent: number): Promise<void> {
  await page.locator(`[data-latent="${latent}"]`).first().click();
  await expect(page.locator('.latent-map canvas').first()).toBeVisible();
  await page.mouse.move(5, 500);
}

for (const theme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`the main views, ${theme}, ${viewport.width} × ${viewport.height}`, async ({ browserName: _ }, info) => {
      test.skip(info.project.name === 'electron', 'one set of pictures is enough');
      mkdirSync(SCREENSHOTS, { recursive: true });
      const { page, close } = await openInBrowser({ context: { viewport, colorScheme: theme } });
      const picture = async (name: string) => {
        await settle(page);
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${theme}${size === 'wide' ? '' : '-1024'}.png`) });
      };
      await firstResult(page);
      await picture('first-start');
      await openSample(page, 'Horse');
      await openLatent(page, 27);
      await picture('workbench');
      await page.getByRole('radio', { name: 'Process' }).check({ force: true });
      await galleryDone(page);
      await picture('process');
      await page.getByRole('radio', { name: 'Read' }).check({ force: true });
      await page.locator('.class-row').first().click();
      await picture('output');
      await openText(page);
      await openLatent(page, 5);
      await picture('text-latent');
      await page.locator('.filled-table tbody tr').first().click();
      await galleryDone(page);
      await picture('text');
      await page.keyboard.press('ControlOrMeta+k');
      await expect(page.getByRole('dialog')).toBeVisible();
      await picture('palette');
      await close();
    });
  }
}

test('the main views in smaller windows', async ({ browserName: _ }, info) => {
  test.skip(info.project.name === 'electron', 'one set of pictures is enough');
  mkdirSync(SCREENSHOTS, { recursive: true });
  const { page, close } = await openInBrowser({ context: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' } });
  const picture = async (name: string) => {
    await settle(page);
    // Nothing may be cut off at the window's edge.
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  };
  await firstResult(page);
  await openSample(page, 'Horse');
  await openLatent(page, 27);
  for (const [width, height] of [
    [800, 560],
    [512, 768],
  ] as const) {
    await page.setViewportSize({ width, height });
    for (const tab of ['Input', 'Latents', 'Output']) {
      await page.getByRole('tab', { name: tab }).click();
      await picture(`workbench-${tab.toLowerCase()}-${width}`);
    }
  }
  await page.keyboard.press('ControlOrMeta+b');
  await expect(page.getByRole('dialog')).toBeVisible();
  await picture('sidebar-512');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Model and engine' }).click();
  await picture('more-512');
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 1280, height: 800 });
  await picture('workbench-1280');
  await page.locator('[data-latent="27"]').first().dblclick();
  await expect(page.getByRole('dialog', { name: 'Latent 27, large' })).toBeVisible();
  await picture('large-1280');
  await page.keyboard.press('Escape');
  await openText(page);
  await page.locator('.filled-table tbody tr').first().click();
  await galleryDone(page);
  await picture('text-1280');
  await page.setViewportSize({ width: 1024, height: 768 });
  await page.getByRole('button', { name: 'Show runs' }).click();
  await picture('runs-1024');
  await close();
});

test('the main views where a run failed, was stopped, and of menus', async ({ browserName: _ }, info) => {
  test.skip(info.project.name === 'electron', 'one set of pictures is enough');
  mkdirSync(SCREENSHOTS, { recursive: true });
  const { page, close } = await openInBrowser({ context: { colorScheme: 'light' } });
  const picture = async (name: string) => {
    await settle(page);
    await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  };
  await firstResult(page);
  await page.getByRole('button', { name: /^Engine/ }).click();
  await picture('engine-menu');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /^Model/ }).click();
  await picture('model-menu');
  await page.keyboard.press('Escape');
  const engine = await breakEngine(page);
  await openSample(page, 'Horse');
  engine.end = 'failed';
  await page.getByRole('button', { name: /^Run/ }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await picture('failed');
  engine.end = 'waiting';
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('.strip')).toContainText('2 / 6');
  await picture('running');
  await page.keyboard.press('Escape');
  await expect(page.getByText(/^Stopped in/)).toBeVisible();
  await picture('cancelled');
  await close();
});

/** Lets runs go on as they do, or ends them in Process: with an error, or not at all until they are cancelled. */
async function breakEngine(page: Page): Promise<{ end: 'done' | 'failed' | 'waiting' }> {
  const engine: { end: 'done' | 'failed' | 'waiting' } = { end: 'done' };
  const runs = new Map<string, 'going' | 'over'>();
  await page.routeWebSocket(/.*/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((bytes) => {
      const { lane, message } = frameOf(bytes);
      if (message?.type === 'call' && message.name === 'run') runs.set(`${lane} ${message.id}`, 'going');
      server.send(bytes);
    });
    server.onMessage((bytes) => {
      const { lane, message } = frameOf(bytes);
      const key = `${lane} ${message?.id}`;
      const state = engine.end === 'done' ? undefined : runs.get(key);
      if (state === 'over') {
        // The end of a cancelled call still has to come.
        if (message?.type === 'error') socket.send(bytes);
        return;
      }
      if (state !== 'going' || message?.progress?.stage !== 'process') {
        socket.send(bytes);
        return;
      }
      runs.set(key, 'over');
      const { id } = message;
      const send = (said: object): void => socket.send(Buffer.from(encodeFrame({ lane, message: { id, ...said } })));
      send({ type: 'progress', progress: { stage: 'process', done: 2, steps: 6 } });
      if (engine.end === 'failed') send({ type: 'error', error: ERROR });
    });
  });
  await page.reload();
  await firstResult(page);
  return engine;
}

const ERROR = {
  code: 'out-of-memory',
  message: 'The engine ran out of memory',
  hint: 'Process needs 1.9 GB and 1.2 GB was free. Close other programs, or run this model on WebAssembly.',
  detail: 'std::bad_alloc in MatMul',
};

interface Frame {
  readonly lane: string;
  readonly message?: {
    readonly type: string;
    readonly id: number;
    readonly name?: string;
    readonly progress?: { readonly stage: string };
  };
}

function frameOf(bytes: string | Buffer): Frame {
  return decodeFrame(typeof bytes === 'string' ? Buffer.from(bytes) : bytes) as Frame;
}
