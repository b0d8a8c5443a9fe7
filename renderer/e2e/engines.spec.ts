/** The engines of the window: each is checked before it is used, agrees with the CPU, and says why it runs or does not. */
import type { Page } from '@playwright/test';
import { expect, firstResult, galleryDone, installedElectron, openInBrowser, test } from './lab';

/** Classes and shares as they stand on the screen. */
async function classes(page: Page): Promise<string[]> {
  return page.locator('.class-row').evaluateAll((rows) => rows.map((row) => row.textContent ?? ''));
}

async function choose(page: Page, engine: string): Promise<void> {
  await page.getByRole('button', { name: /^Engine/ }).click();
  await page.getByRole('menuitemradio', { name: engine }).click();
  await expect(page.getByRole('button', { name: `Engine: ${engine}` })).toBeVisible();
  // Library, model and check: long on a busy machine, and for an adapter in software.
  await galleryDone(page, 90_000);
}

async function entryOf(page: Page, engine: string): Promise<string> {
  await page.getByRole('button', { name: /^Engine/ }).click();
  const said = (await page.getByRole('menuitemradio', { name: engine }).textContent()) ?? '';
  await page.keyboard.press('Escape');
  return said;
}

test('WebAssembly gives the answer of the native engine and is checked first', async ({ lab }, info) => {
  // onnxruntime's threads are workers of a worker, and what those ask for the double cannot answer.
  test.skip(info.project.name === 'electron' && !installedElectron(), 'the double serves no worker of a worker');
  test.slow();
  const native = await classes(lab);
  await choose(lab, 'WebAssembly');
  await expect(lab.locator('.sidebar-run')).toHaveCount(2);
  expect(await classes(lab)).toEqual(native);
  expect(await entryOf(lab, 'WebAssembly')).toMatch(/ready.*agrees.*Largest difference.*\d/s);
  await lab.getByRole('gridcell').nth(27).click();
  await expect(lab.locator('.strongest-rows tbody tr')).toHaveCount(4);
});

test('WebGPU runs where an adapter answers, and a software one is not chosen by itself', async ({ browserName: _ }, info) => {
  test.skip(info.project.name === 'electron', 'the adapter is an option of the browser');
  test.slow();
  const { page, close } = await openInBrowser({ browserArgs: ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'] });
  await firstResult(page);
  const native = await classes(page);
  expect(await entryOf(page, 'WebGPU')).toMatch(/swiftshader/i);
  await expect(page.getByRole('button', { name: 'Engine: Native, CPU' })).toBeVisible();
  await choose(page, 'WebGPU');
  await expect(page.locator('.sidebar-run')).toHaveCount(2, { timeout: 60_000 });
  expect(await classes(page)).toEqual(native);
  expect(await entryOf(page, 'WebGPU')).toMatch(/ready.*Largest difference.*\d/s);
  await close();
});

test('without an adapter WebGPU says so and cannot be chosen', async ({ lab }) => {
  await lab.getByRole('button', { name: /^Engine/ }).click();
  const entry = lab.getByRole('menuitemradio', { name: 'WebGPU' });
  await expect(entry).toContainText(/no WebGPU|No graphics adapter/);
  await expect(entry).toBeDisabled();
  await lab.getByRole('menuitem', { name: 'Try WebGPU again' }).click();
  await expect(lab.getByRole('button', { name: 'Engine: Native, CPU' })).toBeVisible();
});
