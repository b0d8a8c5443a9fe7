/** A picture: dropped, read, looked at. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { dropFiles, expect, galleryDone, SAMPLES, test } from './lab';

const samples = JSON.parse(readFileSync(join(SAMPLES, 'samples.json'), 'utf8')) as readonly {
  id: string;
  file: string;
  name: string;
  modality: string;
}[];
const horse = samples.find((sample) => /horse/i.test(sample.name))!;

test('a dropped picture runs, and its classes, stages and engine are read from the screen', async ({ lab }) => {
  await dropFiles(lab, [{ name: 'mine.jpg', type: 'image/jpeg', bytes: readFileSync(join(SAMPLES, horse.file)) }]);
  await expect(lab.getByRole('heading', { name: 'mine.jpg' }).first()).toBeVisible();
  await expect(lab.locator('.sidebar-run')).toHaveCount(2);
  const shares = await lab.locator('.class-probability').allTextContents();
  expect(shares).toHaveLength(5);
  const values = shares.map((text) => Number.parseFloat(text));
  expect(values[0]).toBeGreaterThan(10);
  expect([...values].sort((a, b) => b - a)).toEqual(values);
  await expect(lab.locator('.strip-cell').first()).toContainText('ms');
  await lab.getByRole('button', { name: /^Engine/ }).click();
  await expect(lab.getByText(/It agrees with the shipped result/)).toBeVisible();
});

test('a latent opens: where it looks, its strongest pixels, whom it reads', async ({ lab }) => {
  await galleryDone(lab);
  await lab.getByRole('gridcell').nth(27).click();
  await expect(lab.getByRole('heading', { name: 'Where latent 27 looks' })).toBeVisible();
  await expect(lab.locator('.strongest-rows tbody tr')).toHaveCount(4);
  const detail = lab.getByRole('region', { name: 'Latent 27' });
  await expect(detail).toContainText('rows it reads');
  const before = await detail.locator('.latent-facts dd').first().textContent();
  // The same number in tile, facts and label (INTERFACE §13).
  await expect(lab.getByRole('gridcell').nth(27)).toHaveAttribute('aria-label', new RegExp(`Reads ${before} of 1,024 rows`));
  await lab.keyboard.press('Escape');
  await expect(lab.getByRole('heading', { name: 'Nothing is selected' })).toBeVisible();
});

test('an output shows what reaches it, sorts the latents, and says that classes share one query', async ({ lab }) => {
  await lab.locator('.class-row').first().click();
  await expect(lab.getByText('All 10 classes share one query')).toBeVisible();
  await expect(lab.getByRole('heading', { name: 'What reaches the output' })).toBeVisible();
  const captions = await lab.getByRole('gridcell').evaluateAll((cells) => cells.slice(0, 6).map((cell) => cell.getAttribute('aria-label')));
  expect(captions.every((caption) => /Latent \d+/.test(caption ?? ''))).toBe(true);
  await expect(lab.getByRole('combobox', { name: 'Sort' })).toHaveValue('output');
  await lab.getByRole('button', { name: /^Undo Sort by output/ }).click();
  await expect(lab.getByRole('combobox', { name: 'Sort' })).toHaveValue('index');
});

test('a region drawn on the picture brings the latents that look there first', async ({ lab }) => {
  await lab.getByRole('button', { name: 'Region' }).click();
  const stage = lab.locator('.image-panel canvas').first();
  const box = (await stage.boundingBox())!;
  await lab.mouse.move(box.x + box.width * 0.05, box.y + box.height * 0.05);
  await lab.mouse.down();
  await lab.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.3, { steps: 5 });
  await lab.mouse.up();
  await expect(lab.getByRole('combobox', { name: 'Sort' })).toHaveValue('region');
  const first = await lab.getByRole('gridcell').first().getAttribute('aria-label');
  expect(first).toMatch(/upper left/);
});

test('pointing shows a preview within the layout as it is', async ({ lab }) => {
  const cell = lab.getByRole('gridcell').nth(9);
  const before = await cell.boundingBox();
  await cell.hover();
  await expect(lab.getByRole('heading', { name: 'Where latent 9 looks' })).toBeVisible();
  expect(await cell.boundingBox()).toEqual(before);
});

test('a run is cancelled at once and the last result stays', async ({ lab }) => {
  await lab.evaluate(() => {
    for (let i = 0; i < 1; i += 1) document.querySelector<HTMLButtonElement>('.button.ink')?.click();
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  });
  await expect(lab.getByText(/^Stopped in/)).toBeVisible();
  await expect(lab.getByText('Last result kept')).toBeVisible();
  await expect(lab.locator('.class-row').first()).toBeVisible();
  await lab.getByRole('status').getByRole('button', { name: 'Run' }).click();
  await expect(lab.getByText(/^Stopped in/)).toBeHidden();
});

test('files that are no pictures get a sentence and lose nothing', async ({ lab }) => {
  const png = Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), deflateSync('not a picture')]);
  for (const [name, type, bytes, sentence] of [
    ['broken.png', 'image/png', png, /broken\.png/],
    ['empty.png', 'image/png', Buffer.alloc(0), /empty/],
    ['drawing.svg', 'image/svg+xml', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), /SVG|drawing/],
    ['sound.wav', 'audio/wav', Buffer.from('RIFF'), /sound or video/],
  ] as const) {
    await dropFiles(lab, [{ name, type, bytes }]);
    await expect(lab.getByRole('alert')).toContainText(sentence);
    await expect(lab.locator('.class-row').first()).toBeVisible();
  }
});
