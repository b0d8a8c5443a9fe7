/**
 * Electron's binary: its npm package brings none and fetches it on request (no post-install step since version 45).
 * Where that fails the app goes on in browser mode, and a day passes before it is tried again.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '..');
const PACKAGE = join(ROOT, 'node_modules', 'electron');
const FAILED = join(ROOT, 'node_modules', '.cache', 'perceiver-lab', 'electron-failed.json');
const DAY_MS = 24 * 60 * 60 * 1000;
/** What Electron 45's installer asks for. */
const OLDEST_NODE = [22, 12];
const INSTALL_LIMIT_MS = 3 * 60 * 1000;
/** A start that ends within this time with an error did not open a window. */
const SETTLE_MS = 8000;

/** Path of the executable where it is installed, else null. */
export function installedElectron(folder = PACKAGE, env = process.env) {
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const path = join(env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist'), readFileSync(pathFile, 'utf8'));
  return existsSync(path) ? path : null;
}

/** `{ path }`, or `{ reason }`: a sentence why there is no Electron. `again` forgets that it failed before. */
export async function getElectron({ again = false } = {}) {
  const installed = installedElectron();
  if (installed) return { path: installed };
  if (!nodeIsEnough(process.versions.node)) {
    return { reason: `Electron’s installer needs Node ${OLDEST_NODE.join('.')} or later, and this is ${process.versions.node}.` };
  }
  const before = again ? null : rememberedFailure(FAILED, Date.now());
  if (before) return { reason: `${before} It is tried again after a day, or with npm start -- --electron.` };
  console.log('Getting Electron (about 120 MB, once) …');
  const reason = await install();
  const path = installedElectron();
  if (path) {
    rmSync(FAILED, { force: true });
    return { path };
  }
  mkdirSync(dirname(FAILED), { recursive: true });
  writeFileSync(FAILED, JSON.stringify({ time: Date.now(), reason }));
  return { reason };
}

export function nodeIsEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

/** The reason of a failure less than a day old. */
export function rememberedFailure(file, now) {
  try {
    const { time, reason } = JSON.parse(readFileSync(file, 'utf8'));
    return now - time < DAY_MS && typeof reason === 'string' ? reason : null;
  } catch {
    return null;
  }
}

function install() {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(PACKAGE, 'install.js')], { stdio: ['ignore', 'inherit', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr = (stderr + chunk).slice(-4000);
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), INSTALL_LIMIT_MS);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (signal) done(`Electron’s binary was not here within ${INSTALL_LIMIT_MS / 60_000} minutes.`);
      else done(`Electron’s binary could not be fetched (${firstLine(stderr) || `exit code ${code}`}).`);
    });
    child.on('error', (error) => done(`Electron’s installer did not start (${error.message}).`));
  });
}

function firstLine(text) {
  return text.trim().split('\n')[0]?.trim().slice(0, 200) ?? '';
}

/**
 * Opens the app in Electron and waits until it is closed: `{ code }`. Where it ends with an error before a window can have
 * been of use: `{ reason }`.
 */
export function runElectron(path, args, uid = process.getuid?.()) {
  const started = Date.now();
  return new Promise((done) => {
    // Chromium's sandbox does not start as root; everywhere else it stays on.
    const child = spawn(path, [ROOT, ...(uid === 0 ? ['--no-sandbox'] : []), ...args], { stdio: ['ignore', 'inherit', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr = (stderr + chunk).slice(-4000);
      process.stderr.write(chunk);
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => child.kill(signal));
    child.on('error', (error) => done({ reason: `Electron did not start (${error.message}).` }));
    child.on('close', (code) => {
      if (code !== 0 && code !== null && Date.now() - started < SETTLE_MS)
        done({ reason: `Electron ended at once (${firstLine(stderr) || `exit code ${code}`}).` });
      else done({ code: code ?? 0 });
    });
  });
}
