import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
// @ts-expect-error a plain script without types
import { browserArguments, findBrowser, hasDisplay, openBrowser } from './browser.mjs';
// @ts-expect-error a plain script without types
import { installedElectron, nodeIsEnough, rememberedFailure } from './electron.mjs';
// @ts-expect-error a plain script without types
import { readArguments } from './start.mjs';

describe('the arguments of npm start', () => {
  it('are none for the usual start', () => {
    expect(readArguments([])).toEqual({ browser: false, electron: false, open: true, port: 0, help: false, files: [] });
  });

  it.each([
    [['--port', '8x'], /--port takes a number/],
    [['--port', '70000'], /--port takes a number/],
    [['--electron', '--browser'], /exclude each other/],
    [['--colour'], /--colour/],
  ])('%j are refused with a sentence', (args, sentence) => {
    expect(readArguments(args).wrong).toMatch(sentence);
  });
});

describe('an installed browser', () => {
  const there =
    (...paths: string[]) =>
    (path: string) =>
      paths.includes(path);

  it('is found on the path, Chromium before Chrome before Edge', () => {
    const env = { PATH: '/a:/b' };
    expect(findBrowser(env, 'linux', there('/b/google-chrome', '/b/chromium', '/a/microsoft-edge'))).toBe('/b/chromium');
    expect(findBrowser(env, 'linux', there('/a/microsoft-edge'))).toBe('/a/microsoft-edge');
    expect(findBrowser(env, 'linux', there())).toBeNull();
  });

  it('is the one that is named, or none', () => {
    const env = { PATH: '/a', PERCEIVER_LAB_BROWSER: '/mine' };
    expect(findBrowser(env, 'linux', there('/mine', '/a/chromium'))).toBe('/mine');
    expect(findBrowser(env, 'linux', there('/a/chromium'))).toBeNull();
  });

  it('is found where macOS keeps applications', () => {
    const chrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(findBrowser({}, 'darwin', there(chrome))).toBe(chrome);
  });

  it('keeps its sandbox unless it is root that starts it', () => {
    expect(browserArguments('http://x', '/p', 1000)).not.toContain('--no-sandbox');
    expect(browserArguments('http://x', '/p', 0)).toContain('--no-sandbox');
  });

  it('that does not start is told in a sentence', async () => {
    expect(await openBrowser('/nowhere/chromium', 'http://x', '/p')).toMatch(/could not be started/);
    expect(await openBrowser(process.execPath, 'http://x', '/p')).toMatch(/ended at once/);
  });

  it('needs a display on Linux', () => {
    expect(hasDisplay({}, 'linux')).toBe(false);
    expect(hasDisplay({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux')).toBe(true);
    expect(hasDisplay({}, 'darwin')).toBe(true);
  });
});

describe('Electron’s binary', () => {
  it('needs a Node that its installer takes', () => {
    expect(['20.20.2', '22.11.9', '22.12.0', '24.0.0'].map(nodeIsEnough)).toEqual([false, false, true, true]);
  });

  it('that could not be had is tried again after a day', () => {
    const folder = mkdtempSync(join(tmpdir(), 'perceiver-lab-electron-'));
    const file = join(folder, 'failed.json');
    writeFileSync(file, JSON.stringify({ time: 1000, reason: 'No network.' }));
    expect(rememberedFailure(file, 2000)).toBe('No network.');
    expect(rememberedFailure(file, 1000 + 24 * 60 * 60 * 1000)).toBeNull();
    writeFileSync(file, '{');
    expect(rememberedFailure(file, 2000)).toBeNull();
    rmSync(folder, { recursive: true });
  });

  it('is only said to be installed when its executable is there', () => {
    const folder = mkdtempSync(join(tmpdir(), 'perceiver-lab-electron-'));
    expect(installedElectron(folder, {})).toBeNull();
    writeFileSync(join(folder, 'path.txt'), 'electron');
    expect(installedElectron(folder, {})).toBeNull();
    writeFileSync(join(folder, 'electron'), '');
    expect(installedElectron(folder, { ELECTRON_OVERRIDE_DIST_PATH: folder })).toBe(join(folder, 'electron'));
    rmSync(folder, { recursive: true });
  });
});
