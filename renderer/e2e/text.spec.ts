/** Text: typed, dropped, masked, filled in, traced. */
import { dropFiles, expect, test } from './lab';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

test.beforeEach(async ({ lab }) => {
  await lab.getByRole('button', { name: 'Missing letters' }).click();
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
  await lab.getByRole('button', { name: /Choose which part/ }).click();
  const runs = lab.locator('.sidebar-run');
  await expect(lab.getByRole('button', { name: /^Run/ })).toBeVisible();
  const before = await runs.count();
  await lab.getByRole('button', { name: 'Last', exact: true }).click();
  await expect(lab.getByRole('slider', { name: 'The part that is read' })).toHaveAttribute('aria-valuetext', /to 2,640$/);
  await expect(runs).toHaveCount(before + 1);
  await dropFiles(lab, [{ name: 'random.txt', type: 'text/plain', bytes: Uint8Array.from({ length: 4000 }, (_, i) => (i * 7919) % 256) }]);
  await expect(lab.getByRole('alert')).toContainText('random.txt');
});

test('a latent over text shows where it reads', async ({ lab }) => {
  await lab.getByRole('gridcell').nth(5).click();
  await expect(lab.getByRole('heading', { name: 'Where latent 5 reads' })).toBeVisible();
  await expect(lab.locator('.reach-table tbody tr').first()).toBeVisible();
});

test('letters selected with the mouse are masked by M, and the prediction stands in their cells', async ({ lab }) => {
  await lab.getByRole('button', { name: 'Clear masks' }).click();
  await expect(lab.locator('.text-cell.masked')).toHaveCount(0);
  const cell = async (index: number) => {
    const box = (await lab.locator(`.text-cell[data-unit="${index}"]`).boundingBox())!;
    return [box.x + box.width / 2, box.y + box.height / 3] as const;
  };
  await lab.mouse.move(...(await cell(3)));
  await lab.mouse.down();
  await lab.mouse.move(...(await cell(6)), { steps: 4 });
  await lab.mouse.up();
  await lab.keyboard.press('m');
  const masked = lab.locator('.text-cell.masked');
  await expect(masked).toHaveCount(4);
  await expect(masked.first()).toHaveAttribute('aria-label', /^masked byte \d+, predicted .+, (right|wrong)$/);
  await expect(lab.locator('.filled-table tbody tr')).toHaveCount(1);
});

test('typing lets the run follow, a shorter text keeps the window whole, and what is copied can be pasted', async ({ lab }) => {
  const runs = lab.locator('.sidebar-run');
  await lab.locator('.filled-table tbody tr').last().click();
  await expect(lab.locator('.byte-detail')).toBeVisible();
  const before = await runs.count();
  await lab.locator('.text-cells').press('Enter');
  const field = lab.getByRole('textbox', { name: 'Text to edit' });
  await field.press('ControlOrMeta+a');
  await field.pressSequentially('So short.');
  await expect(lab.getByText('9 characters · 9 bytes')).toBeVisible();
  await expect.poll(() => runs.count()).toBeGreaterThan(before);
  await expect(lab.locator('.byte-detail')).toHaveCount(0);
  await field.press('ControlOrMeta+a');
  await field.press('ControlOrMeta+c');
  await field.press('Escape');
  await lab.getByRole('gridcell').first().focus();
  await lab.keyboard.press('ControlOrMeta+v');
  await expect(lab.locator('.title-name')).toHaveText('Pasted text');
  await expect(lab.getByText('9 characters · 9 bytes')).toBeVisible();
});

test('words dropped from elsewhere are read', async ({ lab }) => {
  const transfer = await lab.evaluateHandle(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'Dragged from a page.');
    return data;
  });
  for (const type of ['dragenter', 'dragover', 'drop']) await lab.dispatchEvent('.window', type, { dataTransfer: transfer });
  await expect(lab.locator('.title-name')).toHaveText('Dropped text');
  await expect(lab.getByText('20 characters · 20 bytes')).toBeVisible();
});

test('a byte stays chosen while a latent is looked at, and Esc lets go of one after the other', async ({ lab }) => {
  await lab.locator('.filled-table tbody tr').first().click();
  await expect(lab.locator('.byte-detail .reach-table tbody tr').first()).toBeVisible();
  await lab.getByRole('gridcell').nth(3).click();
  await expect(lab.locator('.byte-detail .reach-table tbody tr').first()).toBeVisible();
  await expect(lab.locator('.latent-rank')).toContainText(/byte \d+/);
  await expect(lab.getByRole('combobox', { name: 'Sort' })).toHaveValue('output');
  await lab.keyboard.press('Escape');
  await expect(lab.locator('.latent-detail')).toHaveCount(0);
  await expect(lab.locator('.byte-detail')).toBeVisible();
  await lab.keyboard.press('Escape');
  await expect(lab.locator('.byte-detail')).toHaveCount(0);
});
