/**
 * Finds an installed Chromium, Chrome or Edge, and opens browser mode in a window of its own. No dependencies.
 * PERCEIVER_LAB_BROWSER names another executable.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const ON_PATH = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge-stable', 'microsoft-edge'];
const MAC_APPS = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
const WINDOWS_APPS = [
  ['Google', 'Chrome', 'Application', 'chrome.exe'],
  ['Microsoft', 'Edge', 'Application', 'msedge.exe'],
  ['Chromium', 'Application', 'chrome.exe'],
];

/** Path of an executable, or null. A browser that is named but not there is not replaced by another. */
export function findBrowser(env = process.env, platform = process.platform, exists = existsSync) {
  const named = env.PERCEIVER_LAB_BROWSER;
  if (named) return exists(named) ? named : null;
  return candidates(env, platform).find((path) => exists(path)) ?? null;
}

function candidates(env, platform) {
  if (platform === 'darwin') {
    const folders = ['/Applications', ...(env.HOME ? [join(env.HOME, 'Applications')] : [])];
    return folders.flatMap((folder) => MAC_APPS.map((app) => join(folder, `${app}.app`, 'Contents', 'MacOS', app)));
  }
  if (platform === 'win32') {
    const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(Boolean);
    return folders.flatMap((folder) => WINDOWS_APPS.map((parts) => join(folder, ...parts)));
  }
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return ON_PATH.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** Whether a window can appear at all. */
export function hasDisplay(env = process.env, platform = process.platform) {
  return platform === 'darwin' || platform === 'win32' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}

/** Chromium's sandbox does not start as root; everywhere else it stays on. */
export function browserArguments(address, profileFolder, uid = process.getuid?.()) {
  return [
    `--app=${address}`,
    `--user-data-dir=${profileFolder}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    ...(uid === 0 ? ['--no-sandbox', '--test-type'] : []),
  ];
}

/**
 * Opens an application window with a profile of its own, so that it is a process of its own and no extension reads along.
 * Resolves with null once it has stayed open for a moment, or with a sentence why it did not.
 */
export function openBrowser(executable, address, profileFolder, { settleMs = 2500 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(executable, browserArguments(address, profileFolder), { stdio: ['ignore', 'ignore', 'pipe'], detached: false });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr = (stderr + chunk).slice(-2000);
    });
    // A second window of a running browser hands over and ends with 0: that is fine.
    const timer = setTimeout(() => resolve(null), settleMs);
    const say = (sentence) => {
      clearTimeout(timer);
      resolve(sentence);
    };
    child.on('error', (error) => say(`${executable} could not be started: ${error.message}.`));
    child.on('exit', (code) => say(code === 0 ? null : `${executable} ended at once (${lastLine(stderr) || `exit code ${code}`}).`));
    child.unref();
    child.stderr.unref?.();
  });
}

function lastLine(text) {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
