/**
 * What start, test and cli do first in a bare clone: install what is missing, build what changed. Needs nothing but Node.
 * Everything said goes to stderr, because stdout belongs to the command that follows.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const INSTALL_STAMP = join(ROOT, 'node_modules', '.perceiver-lab-installed');
const BUILD_STAMP = join(ROOT, 'out', '.built');

/** What goes into the build; tests, trained models and Python do not. */
const SOURCES = ['electron', 'renderer', 'models', 'electron.vite.config.ts', 'package.json', 'package-lock.json', 'tsconfig.json'];
const NOT_SOURCES = /(?:^|\/)(?:training|zoo|fixtures|e2e|testing|__pycache__)$|\.test\.tsx?$/;

/** Quiet where npm was told to be (`npm run --silent`): then only failures speak. */
const QUIET = process.env.npm_config_loglevel === 'silent';

/** Installs dependencies when `package-lock.json` is not the one that was installed. Ends the process where that fails. */
export async function ensureInstalled({ quiet = QUIET } = {}) {
  const wanted = createHash('sha256')
    .update(readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (isInstalled(wanted)) return;
  await alone(async () => {
    if (isInstalled(wanted)) return;
    say(quiet, 'Installing what Perceiver Lab needs from the npm registry …');
    const npm = npmCommand();
    const args = ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await work(npm.command, [...npm.args, ...args], npm.shell, {
      what: 'Installing',
      hint: 'Check the connection to the npm registry (npm ping), then try again.',
    });
    writeFileSync(INSTALL_STAMP, wanted);
  });
}

/** Builds when a source is newer than the last build. Ends the process where that fails. */
export async function ensureBuilt({ quiet = QUIET } = {}) {
  if (isBuilt()) return;
  await alone(async () => {
    if (isBuilt()) return;
    say(quiet, 'Building Perceiver Lab …');
    const begun = Date.now();
    await work(process.execPath, [join(ROOT, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js'), 'build'], false, {
      what: 'Building',
      hint: 'The lines above say where; after a change to the sources, mend it and try again.',
    });
    // The time the build began: a source saved meanwhile is newer.
    writeFileSync(BUILD_STAMP, String(begun));
  });
}

function isInstalled(wanted) {
  if (existsSync(INSTALL_STAMP)) return readFileSync(INSTALL_STAMP, 'utf8') === wanted;
  // Installed by hand: npm writes its own record last.
  const record = join(ROOT, 'node_modules', '.package-lock.json');
  return existsSync(record) && statSync(record).mtimeMs >= statSync(join(ROOT, 'package-lock.json')).mtimeMs;
}

function isBuilt() {
  if (!existsSync(BUILD_STAMP)) return false;
  const built = Number(readFileSync(BUILD_STAMP, 'utf8'));
  return SOURCES.every((source) => newest(join(ROOT, source)) < built);
}

/** Latest change below a path in milliseconds; folders count, because a file that goes changes only its folder. */
function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = readdirSync(path)
    .filter((name) => !NOT_SOURCES.test(name))
    .map((name) => newest(join(path, name)));
  return Math.max(found.mtimeMs, ...inside);
}

/** npm as it runs now, else as the shell finds it. */
function npmCommand() {
  const running = process.env.npm_execpath;
  if (running?.endsWith('.js')) return { command: process.execPath, args: [running], shell: false };
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

function say(quiet, sentence) {
  if (!quiet) process.stderr.write(`${sentence}\n`);
}

/** Runs a command to its end; its output is shown only where it fails. */
async function work(command, args, shell, { what, hint }) {
  const chunks = [];
  const code = await new Promise((done) => {
    const child = spawn(command, args, { cwd: ROOT, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) => {
      chunks.push(Buffer.from(`${error.message}\n`));
      done(1);
    });
    child.on('close', (status) => done(status ?? 1));
  });
  if (code === 0) return;
  process.stderr.write(Buffer.concat(chunks).toString().slice(-8000));
  process.stderr.write(`${what} did not work (exit code ${code}). ${hint}\n`);
  release();
  process.exit(1);
}

const LOCK = join(tmpdir(), `perceiver-lab-${createHash('sha256').update(ROOT).digest('hex').slice(0, 16)}.lock`);
const LOCK_OWNER = join(LOCK, 'pid');

/** Two commands started at once must not install into one another: the second waits until the first is done. */
async function alone(action) {
  while (!acquire()) await new Promise((done) => setTimeout(done, 200));
  process.once('exit', release);
  try {
    await action();
  } finally {
    release();
    process.removeListener('exit', release);
  }
}

function acquire() {
  try {
    mkdirSync(LOCK);
  } catch {
    if (ownerIsAlive()) return false;
    rmSync(LOCK, { recursive: true, force: true });
    return false;
  }
  writeFileSync(LOCK_OWNER, String(process.pid));
  return true;
}

function ownerIsAlive() {
  try {
    process.kill(Number(readFileSync(LOCK_OWNER, 'utf8')), 0);
    return true;
  } catch (error) {
    // Another user's process; or the folder is there and its owner has not been written yet.
    if (error.code === 'EPERM') return true;
    const age = Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    return error.code === 'ENOENT' && age < 2000;
  }
}

function release() {
  const mine = existsSync(LOCK_OWNER) && readFileSync(LOCK_OWNER, 'utf8') === String(process.pid);
  if (mine) rmSync(LOCK, { recursive: true, force: true });
}
