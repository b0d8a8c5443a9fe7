/**
 * npm test: everything from a bare clone. Installs, builds, gets a browser, then format, lint, types, arrows, unit tests
 * and the end-to-end tests on the built app. The last line says how many tests passed and failed.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const HELP = `Usage: npm test [-- options]

  --check       only format, lint, types and arrows
  --unit        only unit, parity and host tests
  --e2e         only the tests in a browser
  --grep TEXT   only tests whose title contains TEXT
  --help        this text
`;

function run(command, args, env = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
    child.on('close', (code) => done(code ?? 1));
    child.on('error', () => done(1));
  });
}

const tool = (name, ...args) => run(process.execPath, [join(ROOT, 'node_modules', ...name.split('/')), ...args]);

/** Each check counts as one test, so that a failed one stands in the closing line. */
async function check(counts) {
  const checks = [
    ['format and lint', () => tool('@biomejs/biome/bin/biome', 'check', '.')],
    ['types', () => tool('typescript/bin/tsc', '--noEmit')],
    ['arrows between rooms', () => run(process.execPath, ['scripts/arrows.mjs'])],
  ];
  for (const [name, work] of checks) {
    const ok = (await work()) === 0;
    console.log(`${ok ? 'ok' : 'FAILED'}  ${name}`);
    counts[ok ? 'passed' : 'failed'] += 1;
  }
}

/** Adds a runner's JSON report to the counts; a runner that died without one counts as a failure. */
function count(counts, code, file, read) {
  if (!existsSync(file)) {
    counts.failed += 1;
    return;
  }
  const { passed, failed, skipped } = read(JSON.parse(readFileSync(file, 'utf8')));
  counts.passed += passed;
  counts.failed += failed === 0 && code !== 0 ? 1 : failed;
  counts.skipped += skipped;
}

async function unit(counts, folder, grep) {
  const file = join(folder, 'unit.json');
  const args = ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`, ...(grep ? ['-t', grep] : [])];
  const code = await tool('vitest/vitest.mjs', ...args);
  count(counts, code, file, (report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  }));
}

async function endToEnd(counts, folder, grep) {
  const { ensureTestBrowser } = await import('./test-browser.mjs');
  const browser = await ensureTestBrowser();
  console.log(`browser: ${browser}`);
  const file = join(folder, 'e2e.json');
  const args = [join(ROOT, 'node_modules', '@playwright', 'test', 'cli.js'), 'test', '--reporter=list,json', ...(grep ? ['-g', grep] : [])];
  const code = await run(process.execPath, args, { PERCEIVER_LAB_BROWSER: browser, PLAYWRIGHT_JSON_OUTPUT_FILE: file });
  count(counts, code, file, ({ stats }) => ({ passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped }));
}

const { values } = parseArgs({
  options: {
    check: { type: 'boolean' },
    unit: { type: 'boolean' },
    e2e: { type: 'boolean' },
    grep: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const all = !values.check && !values.unit && !values.e2e;
const counts = { passed: 0, failed: 0, skipped: 0 };
const folder = mkdtempSync(join(tmpdir(), 'perceiver-lab-test-'));
await ensureInstalled();
await ensureBuilt();
if (all || values.check) await check(counts);
if (all || values.unit) await unit(counts, folder, values.grep);
if (all || values.e2e) await endToEnd(counts, folder, values.grep);
console.log(`\n${counts.passed} passed, ${counts.failed} failed${counts.skipped ? `, ${counts.skipped} skipped` : ''}`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
