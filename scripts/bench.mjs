/** npm run bench: builds what is missing, then measures (bench/index.ts; `--window` measures the window instead, bench/window.mjs). */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';

await ensureInstalled();
await ensureBuilt();
const root = resolve(import.meta.dirname, '..');
const args = process.argv.slice(2);
const program = args.includes('--window')
  ? ['bench/window.mjs', ...args.filter((word) => word !== '--window')]
  : ['out/main/bench.js', ...args];
const child = spawn(process.execPath, program, { cwd: root, stdio: 'inherit' });
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
