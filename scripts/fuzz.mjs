/**
 * npm run fuzz: damaged files against every reader of models (models/runtime/testing/fuzz.ts), seeded.
 * `--cases N` each (20,000), `--reader NAME` one of them, `--seed N`, `--from N` to look at one case again.
 * A reader runs in a worker with little memory of its own and is watched: a crash, a hang or a case that needs more ends in its number.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { ensureInstalled } from './ensure.mjs';

const READERS = ['safetensors', 'zip', 'pickle', 'config'];
/** Megabytes of objects: the files have some ten thousand bytes. */
const MEMORY = 96;
/** A case that lasts longer than this hangs. */
const HANG_MS = 20_000;

await ensureInstalled();
const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '20000' },
    reader: { type: 'string' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
  },
});
const [cases, seed, from] = [values.cases, values.seed, values.from].map(Number);
const readers = values.reader === undefined ? READERS : [values.reader];
if (
  ![cases, seed, from].every((number) => Number.isSafeInteger(number) && number >= 0) ||
  !readers.every((name) => READERS.includes(name))
) {
  console.error(`npm run fuzz -- [--cases N] [--reader ${READERS.join('|')}] [--seed N] [--from N]`);
  process.exit(2);
}

const root = resolve(import.meta.dirname, '..');
const out = await mkdtemp(join(tmpdir(), 'perceiver-lab-fuzz-'));
const { build } = await import('vite');
await build({
  configFile: false,
  root,
  logLevel: 'error',
  ssr: { noExternal: true },
  build: { ssr: resolve(root, 'bench/fuzz.ts'), outDir: out },
});

let failed = false;
for (const reader of readers) {
  const started = performance.now();
  const { report, fault } = await watched(reader);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (fault) {
    failed = true;
    console.log(`${reader}: ${fault}. Again: npm run fuzz -- --reader ${reader} --seed ${seed} --cases 1 --from CASE`);
    continue;
  }
  const done = Object.values(report.results).reduce((sum, count) => sum + count, 0);
  const results = Object.entries(report.results).sort((a, b) => b[1] - a[1]);
  console.log(
    `${reader}: ${done} files in ${seconds} s; slowest ${report.slowestMs.toFixed(1)} ms (case ${report.slowestCase}), ` +
      `most bytes read and made ${report.largestShare.toFixed(1)} × the files (case ${report.largestCase})`,
  );
  console.log(`  ${results.map(([result, count]) => `${result} ${count}`).join(', ')}`);
  for (const { index, what } of report.broken) {
    failed = true;
    console.log(`  case ${index}: ${what}`);
  }
}
await rm(out, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;

/** Runs all cases of a reader; `fault` says which case ended the worker. */
function watched(reader) {
  const at = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(join(out, 'fuzz.js'), {
    workerData: { reader, seed, from, to: from + cases, at },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY },
  });
  let last = { index: -1, since: performance.now() };
  return new Promise((done) => {
    const watch = setInterval(() => {
      const index = Atomics.load(at, 0);
      if (index !== last.index) last = { index, since: performance.now() };
      else if (performance.now() - last.since > HANG_MS) end({ fault: `case ${index} hangs` });
    }, 500);
    const end = (result) => {
      clearInterval(watch);
      void worker.terminate();
      done(result);
    };
    worker.on('message', (report) => end({ report }));
    worker.on('error', (error) => end({ fault: `case ${Atomics.load(at, 0)} ended with ${error.code ?? error.message}` }));
  });
}
