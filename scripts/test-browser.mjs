/**
 * Finds a browser for the tests, or gets one: an installed Chromium, Chrome or Edge; else Debian's package where this may
 * install it; else the npm package @sparticuz/chromium; else Playwright's own download. The answer is an executable's path.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { findBrowser } from './browser.mjs';

const ROOT = resolve(import.meta.dirname, '..');
/** The last line of @sparticuz/chromium whose `engines` admit Node 20. */
const SPARTICUZ = '@sparticuz/chromium@147.0.2';

function quietly(command, args, options = {}) {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10 * 60_000, ...options }).status === 0;
}

function fromDebian() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return null;
  console.log('No browser found. Installing Debian’s chromium …');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  quietly('apt-get', ['update', '-q'], { env });
  return quietly('apt-get', ['install', '-y', '-q', '--no-install-recommends', 'chromium'], { env }) ? findBrowser() : null;
}

async function fromNpm() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  console.log(`Getting ${SPARTICUZ} from the npm registry …`);
  const folder = join(ROOT, 'node_modules', '.cache', 'test-browser');
  mkdirSync(folder, { recursive: true });
  if (!quietly('npm', ['install', '--prefix', folder, '--no-save', '--ignore-scripts', SPARTICUZ])) return null;
  const { default: chromium } = await import(join(folder, 'node_modules', '@sparticuz', 'chromium', 'build', 'esm', 'index.js'));
  const path = await chromium.executablePath();
  return starts(path) ? path : null;
}

function fromPlaywright() {
  console.log('Asking Playwright for its Chromium …');
  if (!quietly(process.execPath, [join(ROOT, 'node_modules', '@playwright', 'test', 'cli.js'), 'install', 'chromium'])) return null;
  const script = "process.stdout.write(require('@playwright/test').chromium.executablePath())";
  const path = execFileSync(process.execPath, ['-e', script], { cwd: ROOT, encoding: 'utf8' });
  return existsSync(path) ? path : null;
}

/** Whether the executable answers at all: a browser whose system libraries are missing does not. */
function starts(path) {
  return path !== null && quietly(path, ['--version'], { timeout: 20_000 });
}

/** Path of a browser that starts. Throws with what to do when there is none to be had. */
export async function ensureTestBrowser() {
  for (const find of [findBrowser, fromDebian, fromNpm, fromPlaywright]) {
    const path = await find();
    if (starts(path)) return path;
  }
  throw new Error(
    'No browser could be found or installed. Install Chromium, Chrome or Edge, or set PERCEIVER_LAB_BROWSER to one, and run npm test again.',
  );
}
