/** The worker of an engine, from outside: what is started and found wanting is ended. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { portChannel } from '../../electron/contract/channels';
import type { Client } from '../../electron/contract/define';
import { engineContract } from '../../electron/contract/engine';
import type { HostContract } from '../../electron/contract/host';
import { serve } from '../../electron/contract/rpc';
import { LabError } from '../../models/lab-error';
import { createWebEngines } from './web-engines';
import type { WorkerStart } from './worker';

type Manner = 'agrees' | 'disagrees' | 'fails' | 'hangs';
let manner: Manner = 'agrees';
const workers: FakeWorker[] = [];

/** Answers the engine contract on the port it is given, as the real worker does. */
class FakeWorker extends EventTarget {
  ended = false;
  filesClosed = false;

  constructor() {
    super();
    workers.push(this);
  }

  postMessage({ calls, files }: WorkerStart): void {
    portChannel(files).onClose(() => {
      this.filesClosed = true;
    });
    const check = () => {
      if (manner === 'hangs') return new Promise(() => undefined);
      if (manner === 'fails') throw new LabError('engine-failed', 'It failed.', 'Run again.');
      return { maxDifference: 1, limit: 1e-3, agrees: manner === 'agrees' };
    };
    serve(engineContract, { check } as unknown as Parameters<typeof serve<typeof engineContract>>[1], portChannel(calls));
  }

  terminate(): void {
    this.ended = true;
  }
}

const reports: string[] = [];
const host = { engineReport: async ({ status }: { status: string }) => void reports.push(status) } as unknown as Client<HostContract>;

beforeEach(() => {
  workers.length = 0;
  reports.length = 0;
  vi.stubGlobal('Worker', FakeWorker);
  vi.stubGlobal('crossOriginIsolated', false);
});
afterEach(() => vi.unstubAllGlobals());

it.each(['disagrees', 'fails'] as const)('an engine that %s is ended, and each new attempt starts one fresh worker', async (how) => {
  manner = how;
  const engines = createWebEngines(host);
  for (let attempt = 0; attempt < 3; attempt += 1) await expect(engines.client('wasm')).rejects.toBeInstanceOf(LabError);
  expect(workers.map(({ ended }) => ended)).toEqual([true, true, true]);
  await vi.waitFor(() => expect(workers.every(({ filesClosed }) => filesClosed)).toBe(true));
  // What is wrong with it stands in the menu, not that it ended.
  expect(reports.at(-1)).toBe('unavailable');
});

it('an engine that agrees is started once and kept', async () => {
  manner = 'agrees';
  const engines = createWebEngines(host);
  expect(await engines.client('wasm')).toBe(await engines.client('wasm'));
  expect(workers.map(({ ended }) => ended)).toEqual([false]);
});

it('an engine that does not answer in time is ended and said to be unavailable', async () => {
  manner = 'hangs';
  const engines = createWebEngines(host, 50);
  await expect(engines.client('wasm')).rejects.toMatchObject({
    code: 'engine-unavailable',
    message: expect.stringContaining('did not answer'),
  });
  expect(workers.map(({ ended }) => ended)).toEqual([true]);
  expect(reports.at(-1)).toBe('unavailable');
});

it('an attempt that ends late neither ends nor speaks for the one after it', async () => {
  manner = 'hangs';
  const engines = createWebEngines(host);
  const first = engines.client('wasm');
  await vi.waitFor(() => expect(workers).toHaveLength(1));
  workers[0]?.dispatchEvent(new Event('error'));
  manner = 'agrees';
  const second = engines.client('wasm');
  await expect(first).rejects.toMatchObject({ code: 'engine-lost' });
  const client = await second;
  expect(await engines.client('wasm')).toBe(client);
  expect(workers).toHaveLength(2);
  expect(reports).toEqual(['starting', 'starting', 'ready']);
});

it('an engine that dies after it was ready is lost, and started afresh with the next run', async () => {
  manner = 'agrees';
  const engines = createWebEngines(host);
  const first = await engines.client('wasm');
  workers[0]?.dispatchEvent(new Event('error'));
  expect(await engines.client('wasm')).not.toBe(first);
  expect(reports).toEqual(['starting', 'ready', 'lost', 'starting', 'ready']);
});
