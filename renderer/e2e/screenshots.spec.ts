/** Pictures of each main view for README and for judging: light and dark, 1440 × 900 and 1024 × 768. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, firstResult, galleryDone, openInBrowser, SCREENSHOTS, test } from './lab';

const SIZES = { wide: { width: 1440, height: 900 }, small: { width: 1024, height: 768 } } as const;

for (const theme of ['light', 'dark'] as const) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`the main views, ${theme}, ${viewport.width} × ${viewport.height}`, async ({ browserName: _ }, info) => {
      test.skip(info.project.name === 'electron', 'one set of pictures is enough');
      mkdirSync(SCREENSHOTS, { recursive: true });
      const { page, close } = await openInBrowser({ context: { viewport, colorScheme: theme } });
      const picture = (name: string) =>
        page.screenshot({ path: join(SCREENSHOTS, `${name}-${theme}${size === 'wide' ? '' : '-1024'}.png`) });
      await firstResult(page);
      await page.waitForTimeout(300);
      await picture('first-start');
      await page.getByRole('button', { name: 'Horse' }).click();
      await expect(page.locator('.sidebar-run')).toHaveCount(2);
      await galleryDone(page);
      await page.getByRole('gridcell').nth(27).click();
      await expect(page.locator('.latent-map-square, .latent-map canvas').first()).toBeVisible();
      await page.mouse.move(5, 500);
      await page.waitForTimeout(400);
      await picture('workbench');
      await page.locator('.class-row').first().click();
      await page.waitForTimeout(600);
      await picture('output');
      await page.getByRole('button', { name: 'Missing words' }).click();
      await expect(page.locator('.filled-table tbody tr').first()).toBeVisible();
      await page.locator('.filled-table tbody tr').first().click();
      await galleryDone(page);
      await page.waitForTimeout(600);
      await picture('text');
      await page.keyboard.press('ControlOrMeta+k');
      await expect(page.getByRole('dialog')).toBeVisible();
      await picture('palette');
      await close();
    });
  }
}
