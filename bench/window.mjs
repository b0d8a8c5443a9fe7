/**
 * What the window costs: `npm run bench -- --window [--runs N]`. Drop to result on the built-in picture model with the native
 * engine, WebAssembly and, where a graphics card answers, WebGPU (from the drop event until the new class stands on the screen), time to the first result, and
 * the main thread's work per frame while a gallery of 512 latents scrolls and is pointed at, from a trace.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { ensureTestBrowser } from '../scripts/test-browser.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const ARGS = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const { values } = parseArgs({ options: { runs: { type: 'string', default: '11' } } });
const runs = Number(values.runs);

const middle = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const part = (list, share) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(share * list.length))];

async function openLab(zoo) {
  const data = mkdtempSync(join(tmpdir(), 'perceiver-lab-bench-'));
  const env = { ...process.env, PERCEIVER_LAB_DATA: data, ...(zoo ? { PERCEIVER_LAB_ZOO: zoo } : {}) };
  const server = spawn(process.execPath, [join(ROOT, 'scripts', 'start.mjs'), '--no-open'], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise((found) => {
    let said = '';
    server.stdout.on('data', (chunk) => {
      said += chunk;
      const match = /http:\/\/127\.0\.0\.1:\d+\S*/.exec(said);
      if (match) found(match[0]);
    });
  });
  const executablePath = await ensureTestBrowser();
  const browser = await chromium.launch({ executablePath, args: [...ARGS, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const began = performance.now();
  await page.goto(address);
  await page.locator('.class-row').first().waitFor();
  const firstResultMs = performance.now() - began;
  const close = async () => {
    await browser.close();
    server.kill('SIGTERM');
    rmSync(data, { recursive: true, force: true });
  };
  return { page, browser, firstResultMs, close };
}

/** Milliseconds from the drop until the run's result is drawn, once per run, measured inside the page. */
async function dropToResult(page) {
  const base64 = readFileSync(join(ROOT, 'assets', 'samples', sampleFile('image'))).toString('base64');
  return page.evaluate(
    async ([text, count]) => {
      const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const times = [];
      for (let run = 0; run < count; run += 1) {
        const before = document.querySelectorAll('.sidebar-run').length;
        const data = new DataTransfer();
        data.items.add(new File([bytes], `drop-${run}.jpg`, { type: 'image/jpeg' }));
        const start = performance.now();
        document.querySelector('.window').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
        await new Promise((done) => {
          const look = () =>
            document.querySelectorAll('.sidebar-run').length > before ? requestAnimationFrame(done) : requestAnimationFrame(look);
          look();
        });
        times.push(performance.now() - start);
        // The next drop finds the window at rest: its gallery whole, nothing being painted.
        while (document.querySelector('[role=grid]')?.getAttribute('aria-busy') === 'true')
          await new Promise((next) => setTimeout(next, 20));
        await new Promise((next) => setTimeout(next, 300));
      }
      return times;
    },
    [base64, runs + 1],
  );
}

function sampleFile(modality) {
  const samples = JSON.parse(readFileSync(join(ROOT, 'assets', 'samples', 'samples.json'), 'utf8'));
  return samples.find((sample) => sample.modality === modality).file;
}

/** Main-thread milliseconds of each frame while the gallery scrolls from end to end and the pointer moves over it. */
async function galleryFrames() {
  const zoo = mkdtempSync(join(tmpdir(), 'perceiver-lab-zoo-'));
  execFileSync(process.execPath, [join(ROOT, 'out', 'main', 'bench.js'), '--random-model', join(zoo, 'random-512'), '--latents', '512']);
  const { page, browser, close } = await openLab(zoo);
  await page.locator('[role=grid]:not([aria-busy=true])').waitFor();
  const box = await page.locator('[role=grid]').boundingBox();
  await browser.startTracing(page, { categories: ['devtools.timeline', 'disabled-by-default-devtools.timeline'] });
  await page.mouse.move(box.x + 60, box.y + 60);
  for (let step = 0; step < 120; step += 1) {
    await page.mouse.wheel(0, 60);
    await page.mouse.move(box.x + 40 + (step % 6) * 60, box.y + 80 + (step % 5) * 70);
    await page.waitForTimeout(16);
  }
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  await close();
  rmSync(zoo, { recursive: true, force: true });
  return framesOf(traceEvents);
}

/** Sums top-level tasks of the page's main thread between two frames. */
function framesOf(events) {
  const main = events.find(
    (event) =>
      event.name === 'thread_name' &&
      event.args?.name === 'CrRendererMain' &&
      events.some((other) => other.tid === event.tid && other.name === 'FireAnimationFrame'),
  );
  const own = events.filter((event) => event.pid === main.pid && event.tid === main.tid);
  // Newer versions of Chromium tell of a frame by its AnimationFrame alone.
  const begun = (name, phase) => own.filter((event) => event.name === name && (!phase || event.ph === phase)).map((event) => event.ts);
  const frames = [begun('BeginMainThreadFrame'), begun('AnimationFrame', 'b')].find((list) => list.length > 0) ?? [];
  frames.sort((a, b) => a - b);
  const tasks = own.filter((event) => event.name === 'RunTask' && event.dur);
  return frames
    .slice(1)
    .map((end, index) => tasks.filter((task) => task.ts >= frames[index] && task.ts < end).reduce((sum, task) => sum + task.dur, 0) / 1000);
}

/** A software adapter computes on the CPU, slowly: its time would say nothing of a graphics card. */
function noGraphics(page) {
  return page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) return 'No graphics adapter answers WebGPU in this browser.';
    const { vendor, architecture, isFallbackAdapter } = adapter.info;
    return (isFallbackAdapter ?? /swiftshader|llvmpipe/i.test(`${vendor} ${architecture}`))
      ? 'Only a software adapter answers WebGPU.'
      : null;
  });
}

const rows = {};
for (const [engine, title] of [
  ['native', null],
  ['wasm', 'WebAssembly'],
  ['webgpu', 'WebGPU'],
]) {
  const lab = await openLab();
  const why = engine === 'webgpu' ? await noGraphics(lab.page) : null;
  if (why) {
    rows[engine] = { notMeasured: why };
    await lab.close();
    continue;
  }
  if (title) {
    await lab.page.keyboard.press('ControlOrMeta+k');
    await lab.page.keyboard.type(`engine: ${title}`);
    await lab.page.keyboard.press('Enter');
    await lab.page.getByRole('button', { name: `Engine: ${title}` }).waitFor();
    await lab.page.locator('.sidebar-run').nth(1).waitFor();
  }
  // The first drop warms decoder and caches; the rest is what is reported.
  const times = (await dropToResult(lab.page)).slice(1);
  const shown = await lab.page.getByRole('button', { name: /^Engine/ }).getAttribute('aria-label');
  rows[engine] = {
    engine: shown,
    firstResultMs: Math.round(lab.firstResultMs),
    dropToResultMs: { median: middle(times), worst: Math.max(...times), runs: times.length },
  };
  await lab.close();
}
const frames = await galleryFrames();
rows.gallery512 = { frames: frames.length, mainThreadMs: { median: middle(frames), p95: part(frames, 0.95), worst: Math.max(...frames) } };
console.log(JSON.stringify(rows, (_, value) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value), 2));
process.exit(0);
