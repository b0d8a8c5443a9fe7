/** A picture: dropped, read, looked at. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { cancelRun, dropFiles, expect, firstResult, galleryDone, SAMPLES, test } from './lab';

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
  // The same number in facts and in the tile's label.
  await expect(lab.getByRole('gridcell').nth(27)).toHaveAttribute('aria-label', new RegExp(`Reads ${before} of 1,024 rows`));
  await lab.keyboard.press('Escape');
  await expect(lab.getByRole('heading', { name: 'Nothing is selected' })).toBeVisible();
});

test('an output shows what reaches it, sorts the latents, and says that classes share one query', async ({ lab }) => {
  await lab.locator('.class-row').first().click();
  await expect(lab.getByText('All 10 classes share one query')).toBeVisible();
  await expect(lab.getByRole('heading', { name: 'What reaches the output' })).toBeVisible();
  await expect(lab.getByRole('combobox', { name: 'Sort' })).toHaveValue('output');
  const shares = (await lab.locator('.latent-tile-quantity').allTextContents()).map((text) => Number.parseFloat(text.replace('<', '')));
  expect(shares.length).toBeGreaterThan(5);
  expect(shares[0]).toBeGreaterThan(shares.at(-1)!);
  expect(shares).toEqual([...shares].sort((a, b) => b - a));
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
  await lab.getByRole('button', { name: 'Undo Region' }).click();
  await expect(lab.locator('.region-line')).toHaveCount(0);
  await expect(lab.getByRole('combobox', { name: 'Sort' })).toHaveValue('index');
  await lab.getByRole('button', { name: 'Redo Region' }).click();
  await expect(lab.locator('.region-line')).toHaveCount(1);
  await expect(lab.getByRole('combobox', { name: 'Sort' })).toHaveValue('region');
});

test('pointing shows a preview within the layout as it is', async ({ lab }) => {
  const cell = lab.getByRole('gridcell').nth(9);
  const before = await cell.boundingBox();
  await cell.hover();
  await expect(lab.getByRole('heading', { name: 'Where latent 9 looks' })).toBeVisible();
  expect(await cell.boundingBox()).toEqual(before);
});

test('a run is cancelled at once and the last result stays', async ({ lab }) => {
  await cancelRun(lab);
  // In a stage, not while loading: the engine was at work.
  await expect(lab.getByText(/^Stopped in (Input|Read|Process|Write)/)).toBeVisible();
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

test('several files become samples: the first good one is shown, and the bad one is said', async ({ lab }) => {
  const good = readFileSync(join(SAMPLES, horse.file));
  await dropFiles(lab, [
    { name: 'broken.png', type: 'image/png', bytes: Buffer.from('not a picture') },
    { name: 'untold', type: '', bytes: good },
  ]);
  await expect(lab.locator('.title-name')).toHaveText('untold');
  await expect(lab.locator('.sidebar-run')).toHaveCount(2);
  await expect(lab.getByRole('alert')).toContainText('broken.png');
});

test('a picture is opened by the file chooser, and a run is restored from the sidebar', async ({ lab }) => {
  const first = await lab.locator('.title-name').textContent();
  const chooser = lab.waitForEvent('filechooser');
  await lab.getByRole('button', { name: 'Open…' }).click();
  await (await chooser).setFiles({ name: 'chosen.jpg', mimeType: 'image/jpeg', buffer: readFileSync(join(SAMPLES, horse.file)) });
  await expect(lab.locator('.title-name')).toHaveText('chosen.jpg');
  const runs = lab.locator('.sidebar-run');
  await expect(runs).toHaveCount(2);
  await runs.last().getByRole('button').first().click();
  await expect(lab.locator('.title-name')).toHaveText(first ?? '');
  await expect(runs.last().getByRole('button').first()).toHaveAttribute('aria-current', 'true');
  await expect(runs).toHaveCount(2);
});

test('the splitter is written to the settings once, where it comes to rest', async ({ lab }, info) => {
  test.skip(info.project.name === 'electron', 'what the window sends is read from its socket');
  let written = 0;
  lab.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      if (payload.includes('settingsWrite')) written += 1;
    }),
  );
  await lab.reload();
  await firstResult(lab);
  const splitter = lab.getByRole('separator', { name: 'Width of Input' });
  const box = (await splitter.boundingBox())!;
  await lab.mouse.move(box.x + box.width / 2, box.y + 200);
  await lab.mouse.down();
  await lab.mouse.move(box.x + box.width / 2 - 60, box.y + 200, { steps: 12 });
  const dragged = await splitter.getAttribute('aria-valuenow');
  expect(written).toBe(0);
  await lab.mouse.up();
  await expect.poll(() => written).toBe(1);
  await lab.reload();
  await expect(splitter).toHaveAttribute('aria-valuenow', dragged ?? '');
});

test('what cannot be drawn is said, and going on loses nothing but the selection', async ({ lab }) => {
  await lab.evaluate(() => {
    const { subarray } = Float32Array.prototype;
    // Only while React draws: what paints tiles in a frame of its own is no business of a boundary.
    Float32Array.prototype.subarray = function (...range) {
      if (new Error().stack?.includes('useMemo')) throw new Error('a fault while drawing');
      return subarray.apply(this, range);
    };
    (window as unknown as { mend: () => void }).mend = () => {
      Float32Array.prototype.subarray = subarray;
    };
  });
  await lab.getByRole('gridcell').nth(27).click();
  await expect(lab.getByRole('alert')).toContainText('could not be drawn');
  await lab.evaluate(() => (window as unknown as { mend: () => void }).mend());
  await lab.getByRole('button', { name: 'Go on' }).click();
  await expect(lab.locator('.class-row').first()).toBeVisible();
  await expect(lab.locator('.sidebar-run')).toHaveCount(1);
  await expect(lab.getByRole('heading', { name: 'Nothing is selected' })).toBeVisible();
});
