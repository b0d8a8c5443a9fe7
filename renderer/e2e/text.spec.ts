/** Text: typed, dropped, masked, filled in, traced. */
import { dropFiles, expect, test } from './lab';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.beforeEach(async ({ lab }) => {
  await lab.getByRole('button', { name: 'Missing words' }).click();
  await expect(lab.locator('.filled-table tbody tr').first()).toBeVisible();
});

test('masked bytes are filled in, and a change of the mask lets the run follow', async ({ lab }) => {
  const rows = lab.locator('.filled-table tbody tr');
  const count = await rows.count();
  expect(count).toBeGreaterThan(0);
  await lab.getByRole('button', { name: 'Clear masks' }).click();
  await expect(rows).toHaveCount(0);
  await lab.getByRole('button', { name: /^Undo Clear masks/ }).click();
  await expect(rows).toHaveCount(count);
});

test('a byte shows its candidates and what reaches it', async ({ lab }) => {
  await lab.locator('.filled-table tbody tr').first().click();
  const detail = lab.locator('.byte-detail');
  await expect(detail).toContainText(/of 256/);
  await expect(detail.locator('table, .reach-table').last()).toBeVisible();
  await expect(lab.getByRole('heading', { name: /What reaches masked byte \d+/ })).toBeVisible();
});

test('a dropped text is read as bytes, a long one in part, a binary one not at all', async ({ lab }) => {
  await dropFiles(lab, [{ name: 'grüße.txt', type: 'text/plain', bytes: bytes('Grüße aus Köln, 感知.') }]);
  await expect(lab.getByText('19 characters · 26 bytes')).toBeVisible();
  await dropFiles(lab, [{ name: 'long.txt', type: 'text/plain', bytes: bytes('All work and no play makes Jack a dull boy. '.repeat(60)) }]);
  await expect(lab.getByText(/2,640 bytes/).first()).toBeVisible();
  await expect(lab.getByRole('button', { name: /Choose which part/ })).toBeVisible();
  await dropFiles(lab, [{ name: 'random.txt', type: 'text/plain', bytes: Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256) }]);
  await expect(lab.getByRole('alert')).toContainText('random.txt');
});

test('a latent over text shows where it reads', async ({ lab }) => {
  await lab.getByRole('gridcell').nth(5).click();
  await expect(lab.getByRole('heading', { name: 'Where latent 5 reads' })).toBeVisible();
  await expect(lab.locator('.reach-table tbody tr').first()).toBeVisible();
});
