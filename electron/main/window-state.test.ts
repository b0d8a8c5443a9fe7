import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fitted, readWindowState, writeWindowState } from './window-state';

const screens = [
  { x: 0, y: 0, width: 1440, height: 900 },
  { x: 1440, y: 0, width: 1920, height: 1080 },
];
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perceiver-lab-window-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a window’s place', () => {
  it('is kept from one start to the next', async () => {
    const state = { width: 1000, height: 700, x: 1500, y: 40, maximized: true, zoom: 1.25 };
    await writeWindowState(folder, state);
    expect(await readWindowState(folder, screens)).toEqual(state);
  });

  it('is given up when its screen is gone', () => {
    expect(fitted({ width: 1000, height: 700, x: 1500, y: 40, maximized: false, zoom: 1 }, screens.slice(0, 1))).toEqual({
      width: 1000,
      height: 700,
      maximized: false,
      zoom: 1,
    });
  });

  it.each([
    ['above the screen', { x: 0, y: -50 }],
    ['all but off to the right', { x: 1420, y: 0 }],
    ['all but off to the left', { x: -980, y: 0 }],
    ['below', { x: 0, y: 890 }],
  ])('is given up when its title bar is %s', (_, place) => {
    expect(fitted({ width: 1000, height: 700, ...place, maximized: false, zoom: 1 }, screens.slice(0, 1))).not.toHaveProperty('x');
  });

  it('is no larger than the screen and no smaller than the interface', () => {
    expect(fitted({ width: 5000, height: 5000, maximized: false, zoom: 1 }, screens)).toMatchObject({ width: 1440, height: 900 });
    expect(fitted({ width: 10, height: 10, maximized: false, zoom: 1 }, screens)).toMatchObject({ width: 800, height: 560 });
  });

  it.each(['{', '{"width":-1}', '[]'])('starts as new from a damaged file (%s)', async (text) => {
    await writeFile(join(folder, 'window.json'), text);
    expect(await readWindowState(folder, screens)).toEqual({ width: 1440, height: 900, maximized: false, zoom: 1 });
  });
});
