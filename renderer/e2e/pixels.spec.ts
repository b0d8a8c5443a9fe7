/** The window's decoders and the command line's give a model the same pixels: exactly from PNG, within 2 of 255 from JPEG. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import sharp from 'sharp';
import { dropFiles, expect, SAMPLES, test } from './lab';

const ROOT = resolve(import.meta.dirname, '..', '..');
/** Pixels a side of the built-in picture model's input. */
const SIDE = 32;

/** Red, green, blue of every pixel on the stage, row by row. */
async function onStage(page: Page): Promise<number[]> {
  return page
    .locator('.image-panel canvas')
    .last()
    .evaluate((canvas) => {
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 32, 32);
      return [...data].filter((_, index) => index % 4 !== 3);
    });
}

/** The same from the picture the command line writes beside its maps, which is enlarged by whole pixels. */
async function onCommandLine(file: string): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'perceiver-lab-pixels-'));
  try {
    await promisify(execFile)(process.execPath, [join(ROOT, 'out', 'main', 'cli.js'), 'run', 'image-fourier', file, '--attention', folder]);
    const written = join(folder, basename(file).replace(/\.\w+$/, ''), 'input.png');
    const { data, info } = await sharp(written).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const step = info.width / SIDE;
    return Array.from({ length: SIDE * SIDE * 3 }, (_, index) => {
      const [pixel, channel] = [Math.floor(index / 3), index % 3];
      const [x, y] = [(pixel % SIDE) * step, Math.floor(pixel / SIDE) * step];
      return data[(y * info.width + x) * info.channels + channel]!;
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

for (const [name, type, file, most] of [
  ['PNG', 'image/png', join(ROOT, 'models', 'modality', 'fixtures', 'image', 'large_down.png'), 0],
  ['JPEG', 'image/jpeg', join(SAMPLES, 'horse.jpg'), 2],
] as const) {
  test(`${name} gives the window and the command line the same pixels`, async ({ lab }, info) => {
    test.skip(info.project.name === 'electron', 'the same decoders as in the browser');
    await dropFiles(lab, [{ name: basename(file), type, bytes: readFileSync(file) }]);
    await expect(lab.getByRole('heading', { name: basename(file) }).first()).toBeVisible();
    await expect(lab.locator('.sidebar-run')).toHaveCount(2);
    const [window, terminal] = [await onStage(lab), await onCommandLine(file)];
    expect(window).toHaveLength(SIDE * SIDE * 3);
    expect(new Set(window).size).toBeGreaterThan(20);
    expect(Math.max(...window.map((value, index) => Math.abs(value - terminal[index]!)))).toBeLessThanOrEqual(most);
  });
}
