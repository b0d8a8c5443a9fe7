/** The keyboard alone, the palette, and what assistive technology is told. */
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './lab';

test('the palette finds a latent by its number and runs commands', async ({ lab }) => {
  await lab.keyboard.press('ControlOrMeta+k');
  await lab.keyboard.type('42');
  await expect(lab.getByRole('option', { name: 'Latent 42' })).toBeVisible();
  await lab.keyboard.press('Enter');
  await expect(lab.getByRole('heading', { name: 'Where latent 42 looks' })).toBeVisible();
  await lab.keyboard.press('ControlOrMeta+k');
  await lab.keyboard.type('theme: dark');
  await lab.keyboard.press('Enter');
  await expect(lab.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test('the gallery is one tab stop; arrows move, Enter selects, letters act', async ({ lab }) => {
  await lab.getByRole('gridcell').first().focus();
  await lab.keyboard.press('ArrowRight');
  await lab.keyboard.press('ArrowRight');
  await lab.keyboard.press('Enter');
  await expect(lab.getByRole('heading', { name: 'Where latent 2 looks' })).toBeVisible();
  await lab.keyboard.press('j');
  await expect(lab.getByRole('heading', { name: 'Where latent 3 looks' })).toBeVisible();
  await lab.keyboard.press('2');
  await expect(lab.getByRole('radio', { name: /Process/ })).toBeChecked();
  await lab.keyboard.press('n');
  await expect(lab.getByRole('radio', { name: 'One scale' })).toBeChecked();
});

test('F6 goes round the regions', async ({ lab }) => {
  const seen = new Set<string>();
  for (let i = 0; i < 6; i += 1) {
    await lab.keyboard.press('F6');
    seen.add((await lab.evaluate(() => document.activeElement?.closest('[data-region]')?.getAttribute('data-region'))) ?? '');
  }
  expect([...seen].sort()).toEqual(['Input', 'Latents', 'Output', 'sidebar', 'strip', 'title bar']);
});

test('nothing that axe can find is wrong, in light and in dark', async ({ lab }) => {
  await lab.getByRole('gridcell').nth(10).click();
  for (const theme of ['light', 'dark']) {
    await lab.evaluate((name) => document.documentElement.setAttribute('data-theme', name), theme);
    const { violations } = await new AxeBuilder({ page: lab }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
  }
});
