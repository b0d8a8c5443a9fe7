/**
 * npm run parity: every engine of this machine against what Hugging Face's classes computed, case by case, as a table. The
 * vectors that ship with the project, or all of them where shared/reference lies beside it; the smallest of each head on
 * WebGPU, in a Chromium. Exits 1 where anything is outside its tolerance.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled } from './ensure.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const SHIPPED = join(ROOT, 'models', 'perceiver', 'fixtures');
const REFERENCE = resolve(ROOT, '..', 'shared', 'reference');
const ENGINES = ['native', 'wasm', 'webgpu'];
const HELP = `Usage: npm run parity [-- options]

  --engine NAME   native, wasm or webgpu; may be repeated (all unless told)
  --only TEXT     cases whose name contains TEXT
  --json          one JSON object a line instead of a table
  --help          this text
`;

function casesIn(folder) {
  const folders = (path) => readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders(folder)
    .flatMap((head) => folders(join(folder, head.name)).map((one) => `${head.name}/${one.name}`))
    .filter((name) => existsSync(join(folder, name, 'case.json')) && existsSync(join(folder, name, 'outputs.safetensors')))
    .filter((name) => JSON.parse(readFileSync(join(folder, name, 'case.json'), 'utf8')).class)
    .sort();
}

/** WebGPU is slow where it has no graphics card: the smallest case of each head tells as much. */
function smallestOfEach(folder, names) {
  const size = (name) => statSync(join(folder, name, 'model.safetensors')).size;
  const heads = new Map();
  for (const name of names) {
    const [head] = name.split('/');
    const best = heads.get(head);
    if (!best || size(name) < size(best)) heads.set(head, name);
  }
  return [...heads.values()];
}

/** Lines of a program as they come. */
async function* linesOf(args) {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  let rest = '';
  for await (const chunk of child.stdout) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    yield* lines;
  }
}

async function* withoutBrowser(folder, engine, names) {
  for await (const line of linesOf([join(ROOT, 'out', 'main', 'parity.js'), folder, engine, ...names])) yield JSON.parse(line);
}

/** Yields a sentence instead of results where no browser or no adapter is to be had. */
async function* inBrowser(folder, names) {
  const [{ createServer }, { chromium }, { ensureTestBrowser }] = await Promise.all([
    import('vite'),
    import('playwright-core'),
    import('./test-browser.mjs'),
  ]);
  const server = await createServer({
    root: ROOT,
    configFile: false,
    logLevel: 'error',
    server: { host: '127.0.0.1', headers: { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' } },
    plugins: [{ name: 'cases', configureServer: (vite) => void vite.middlewares.use('/case', caseFiles(folder)) }],
  });
  await server.listen();
  const args = ['--enable-unsafe-webgpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const software = process.platform === 'linux' ? ['--use-webgpu-adapter=swiftshader'] : [];
  const browser = await chromium.launch({ executablePath: await ensureTestBrowser(), args: [...args, ...software] });
  try {
    const page = await browser.newPage();
    await page.goto(`${server.resolvedUrls.local[0]}bench/parity/page.html`);
    await page.waitForFunction('window.parity', null, { timeout: 120_000 });
    const adapter = await page.evaluate('window.parity.adapterName()');
    if (!adapter) {
      yield { sentence: 'webgpu: no adapter answers in this browser, so nothing was run on it.' };
      return;
    }
    yield { sentence: `webgpu: ${adapter}, float32 (float16 is not shown: no engine here computes in it).` };
    for (const name of names) {
      try {
        yield { name, ...(await page.evaluate((one) => window.parity.run(one), name)) };
      } catch (error) {
        yield { name, problems: [error.message.split('\n')[0]] };
      }
    }
  } finally {
    await browser.close();
    await server.close();
  }
}

function caseFiles(folder) {
  return (request, response) => {
    const path = resolve(folder, `.${decodeURIComponent(new URL(request.url, 'http://x').pathname)}`);
    if (!path.startsWith(folder) || !existsSync(path)) response.writeHead(404).end();
    else response.end(readFileSync(path));
  };
}

const exponent = (value) => (Number.isFinite(value) ? value.toExponential(1) : '—');

function printRow(engine, { name, worst, worstName, absolute, relative, problems }) {
  const cells = [engine.padEnd(7), name.padEnd(38), exponent(absolute).padStart(9), exponent(relative).padStart(9)];
  const share = worst === undefined || !Number.isFinite(worst) ? '' : `${(100 * worst).toFixed(1)} %`;
  console.log(`${cells.join('')}${share.padStart(10)}  ${worstName ?? ''}${problems.length > 0 ? `  FAILED: ${problems.join('; ')}` : ''}`);
}

async function main() {
  const { values } = parseArgs({
    options: {
      engine: { type: 'string', multiple: true, default: ENGINES },
      only: { type: 'string', default: '' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = values.engine.find((name) => !ENGINES.includes(name));
  if (values.help || unknown) {
    (unknown ? process.stderr : process.stdout).write(unknown ? `There is no engine ${unknown}.\n\n${HELP}` : HELP);
    return unknown ? 2 : 0;
  }
  await ensureInstalled();
  await ensureBuilt();
  const folder = existsSync(REFERENCE) ? REFERENCE : SHIPPED;
  const names = casesIn(folder).filter((name) => name.includes(values.only));
  const say = (text) => (values.json ? process.stderr.write(`${text}\n`) : console.log(text));
  say(
    folder === REFERENCE
      ? `${names.length} cases of the reference folder.`
      : `${names.length} cases that ship with the project; the reference folder is not there.`,
  );
  say(
    `${'engine'.padEnd(7)}${'head/case'.padEnd(38)}${'absolute'.padStart(9)}${'relative'.padStart(9)}${'tolerance'.padStart(10)}  worst in`,
  );
  const counts = { passed: 0, failed: 0 };
  for (const engine of values.engine) {
    const results = engine === 'webgpu' ? inBrowser(folder, smallestOfEach(folder, names)) : withoutBrowser(folder, engine, names);
    for await (const result of results) {
      if (result.sentence) {
        say(result.sentence);
        continue;
      }
      counts[result.problems.length === 0 ? 'passed' : 'failed'] += 1;
      if (values.json) console.log(JSON.stringify({ engine, ...result }));
      else printRow(engine, result);
    }
  }
  say(`\n${counts.passed} passed, ${counts.failed} failed`);
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(error.code?.startsWith('ERR_PARSE_ARGS') ? 2 : 1);
  },
);
