/** What a person does with maps: opens them large, copies them, walks from latent to latent, tries a failed one again. */
import { decodeFrame, encodeFrame } from '../../electron/contract/codec';
import { expect, firstResult, galleryDone, openInBrowser, test } from './lab';

test('Space opens a map large, arrows and J go on, Esc gives the tile its focus back', async ({ lab }) => {
  await lab.getByRole('gridcell').nth(3).focus();
  await lab.keyboard.press(' ');
  await expect(lab.getByRole('dialog', { name: 'Latent 3, large' })).toBeVisible();
  await lab.keyboard.press('ArrowRight');
  await lab.keyboard.press('j');
  await expect(lab.getByRole('dialog', { name: 'Latent 5, large' })).toBeVisible();
  await lab.keyboard.press('Escape');
  await expect(lab.getByRole('dialog')).toBeHidden();
  await expect(lab.locator('[data-latent="5"]')).toBeFocused();
  await lab.locator('.latent-neighbours button').first().focus();
  await lab.keyboard.press('Enter');
  await expect(lab.locator('.latent-detail h2')).toBeFocused();
});

test('a large map that went with its selection does not come back by itself', async ({ lab }) => {
  await lab.locator('[data-latent="3"]').first().dblclick();
  await expect(lab.getByRole('dialog', { name: 'Latent 3, large' })).toBeVisible();
  await lab.locator('.class-row').first().click();
  await expect(lab.getByRole('dialog')).toBeHidden();
  await lab.getByRole('gridcell').first().click();
  await expect(lab.locator('.latent-detail h2')).toBeVisible();
  await expect(lab.getByRole('dialog')).toBeHidden();
});

test('pointing does not fade the gallery, another order does and begins at the top', async ({ lab }) => {
  const fades = await lab.evaluateHandle(() => {
    const seen = { count: 0 };
    const animate = Element.prototype.animate;
    Element.prototype.animate = function (...rest) {
      if (this.matches('[role="grid"]')) seen.count += 1;
      return animate.apply(this, rest);
    };
    return seen;
  });
  for (const latent of [1, 8, 14]) {
    await lab.getByRole('gridcell').nth(latent).hover();
    await expect(lab.getByRole('heading', { name: `Where latent ${latent} looks` })).toBeVisible();
  }
  expect(await fades.evaluate(({ count }) => count)).toBe(0);
  const grid = lab.getByRole('grid');
  await grid.evaluate((element) => element.scrollTo({ top: 1000 }));
  await lab.getByRole('combobox', { name: 'Sort' }).selectOption('rows-read');
  await expect.poll(() => grid.evaluate((element) => element.scrollTop)).toBe(0);
  expect(await fades.evaluate(({ count }) => count)).toBe(1);
});

test('a map that failed says why in its place, and comes when it is tried again', async ({ browserName: _ }, info) => {
  test.skip(info.project.name === 'electron', 'the connection is broken in the page’s WebSocket');
  const { page, close } = await openInBrowser({});
  await firstResult(page);
  const error = { code: 'engine-failed', message: 'The engine could not compute this map', hint: 'Try it again.' };
  let broken = true;
  await page.routeWebSocket(/.*/, (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((bytes) => {
      const frame = decodeFrame(typeof bytes === 'string' ? Buffer.from(bytes) : bytes) as { lane: string; message?: Call };
      if (!broken || frame.message?.name !== 'ask') server.send(bytes);
      else socket.send(Buffer.from(encodeFrame({ lane: frame.lane, message: { type: 'error', id: frame.message.id, error } })));
    });
    server.onMessage((bytes) => socket.send(bytes));
  });
  await page.reload();
  const notice = page.getByRole('region', { name: 'Latents' }).getByRole('alert');
  await expect(notice).toContainText(error.message);
  broken = false;
  await notice.getByRole('button', { name: 'Try again' }).click();
  await galleryDone(page);
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(page.getByRole('gridcell').first()).toHaveAttribute('aria-label', /^Latent 0\. Reads/);
  await close();
});

interface Call {
  readonly id: number;
  readonly name?: string;
}
