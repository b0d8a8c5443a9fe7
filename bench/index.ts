/**
 * What a run costs on this machine: `npm run bench [-- --runs N] [--json FILE]`. For each built-in model and each engine that
 * has a process (native, wasm): opening, the first run, the median of each stage, the latency of an attention question and
 * the most memory the engine's process held. A table on the terminal, the same as JSON. Nothing here passes or fails.
 * `--random-model FOLDER --latents N` writes a model of random weights instead, for bench/window.mjs.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeImage } from '../electron/cli/decode-image';
import type { Client } from '../electron/contract/define';
import type { EngineContract } from '../electron/contract/engine';
import type { ModelEntry } from '../electron/contract/host';
import { forkEngine } from '../electron/host/engine-process';
import { findFolders } from '../electron/host/folders';
import { createHost, type Host } from '../electron/host/index';
import { readModelInfo } from '../electron/host/read-model-info';
import type { RunInput, Timings } from '../models/runtime/types';
import { median } from './median';
import { writeRandomModel } from './random-model';

const ENGINES = ['native', 'wasm'] as const;

interface Row {
  readonly model: string;
  readonly engine: string;
  readonly runs: number;
  readonly openMs: number;
  readonly firstRunMs: number;
  readonly medianMs: Timings;
  /** One latent's row, as pointing at it asks for; all of them, as a gallery does. */
  readonly attentionRowMs: number;
  readonly galleryMs: number;
  /** Most memory the engine's process held, bytes; null where the system does not tell (only Linux does, in /proc). */
  readonly peakBytes: number | null;
}

async function inputFor(host: Host, model: ModelEntry): Promise<RunInput> {
  const samples = await host.samples.list();
  const sample = samples.find((entry) => entry.modality === model.info.modality);
  if (!sample) throw new Error(`No sample for ${model.id}.`);
  const bytes = await host.samples.read(sample.id);
  if (model.info.modality === 'image') return { modality: 'image', image: (await decodeImage(bytes, sample.name)).image };
  return {
    modality: 'text',
    bytes: bytes.subarray(0, model.info.inputRows - 2),
    masks: sample.masks.map(([start, end]) => ({ start, end })),
  };
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now();
  const value = await work();
  return [value, performance.now() - start];
}

async function peakBytes(pid: number | undefined): Promise<number | null> {
  if (process.platform !== 'linux' || pid === undefined) return null;
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'));
  return line ? Number(line[1]) * 1024 : null;
}

async function measure(engine: Client<EngineContract>, model: ModelEntry, input: RunInput, runs: number) {
  const run = (runId: string) => engine.run({ runId, modelId: model.id, input, options: { topK: 5 } });
  const [, openMs] = await timed(() => engine.open({ modelId: model.id }));
  const [first, firstRunMs] = await timed(() => run('first'));
  const timings: Timings[] = [];
  for (let index = 0; index < runs; index += 1) timings.push((await run(`run-${index}`)).timingsMs);
  const ask = (rows: readonly number[] | 'all') => engine.ask({ runId: first.runId, step: { kind: 'encoder' }, head: 'mean', rows });
  await ask([0]);
  const attention: number[] = [];
  for (let index = 0; index < runs; index += 1) attention.push((await timed(() => ask([index % model.info.latents])))[1]);
  const gallery: number[] = [];
  for (let index = 0; index < Math.min(runs, 5); index += 1) gallery.push((await timed(() => ask('all')))[1]);
  const stages = ['preprocess', 'encode', 'process', 'decode', 'postprocess', 'total'] as const;
  const medianMs = Object.fromEntries(stages.map((stage) => [stage, median(timings.map((timing) => timing[stage]))])) as unknown as Timings;
  return { runs, openMs, firstRunMs, medianMs, attentionRowMs: median(attention), galleryMs: median(gallery) };
}

function table(rows: readonly Row[]): string {
  const milliseconds = (value: number) => value.toFixed(value < 10 ? 2 : 1);
  const head = [
    'model',
    'engine',
    'open',
    'first run',
    'preprocess',
    'encode',
    'process',
    'decode',
    'postprocess',
    'total',
    'row',
    'gallery',
    'peak MB',
  ];
  const cells = rows.map((row) => [
    row.model,
    row.engine,
    milliseconds(row.openMs),
    milliseconds(row.firstRunMs),
    ...(['preprocess', 'encode', 'process', 'decode', 'postprocess', 'total'] as const).map((stage) => milliseconds(row.medianMs[stage])),
    milliseconds(row.attentionRowMs),
    milliseconds(row.galleryMs),
    row.peakBytes === null ? '—' : (row.peakBytes / 1e6).toFixed(0),
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((line) => line[column]?.length ?? 0)));
  return [head, ...cells]
    .map((line) =>
      line.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  '),
    )
    .join('\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '15' },
      json: { type: 'string' },
      'random-model': { type: 'string' },
      latents: { type: 'string', default: '512' },
    },
  });
  if (values['random-model']) {
    await writeRandomModel(values['random-model'], Number(values.latents));
    return;
  }
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error('--runs takes a whole number above 0.');
  const folders = findFolders(import.meta.dirname);
  const rows: Row[] = [];
  for (const name of ENGINES) {
    for (const id of (await listModels(folders)).map((model) => model.id)) {
      // A fresh process for each, so that peak memory is this model's and nobody else's.
      const host = await openHost(folders);
      try {
        const model = (await host.models.list()).find((entry) => entry.id === id);
        if (!model) continue;
        const engine = await host.engine(name);
        const measured = await measure(engine, model, await inputFor(host, model), runs);
        rows.push({ model: id, engine: name, ...measured, peakBytes: await peakBytes(host.engines.pid(name)) });
      } finally {
        await host.close();
      }
    }
  }
  const report = {
    machine: `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${cpus().length} cores, Node ${process.version}`,
    unit: 'ms',
    rows,
  };
  console.log(`${report.machine}; milliseconds, medians of ${runs} runs\n\n${table(rows)}\n\n${JSON.stringify(report)}`);
  if (values.json) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
}

function openHost(folders: ReturnType<typeof findFolders>): Promise<Host> {
  return createHost({
    ...folders,
    dataFolder: join(tmpdir(), 'perceiver-lab-bench'),
    mode: 'browser',
    modeReason: null,
    startEngineProcess: forkEngine(folders.engineEntry),
    readModelInfo,
  });
}

async function listModels(folders: ReturnType<typeof findFolders>): Promise<readonly ModelEntry[]> {
  const host = await openHost(folders);
  const models = await host.models.list();
  await host.close();
  return models;
}

main().catch((thrown: unknown) => {
  console.error(thrown instanceof Error ? thrown.message : thrown);
  process.exitCode = 1;
});
