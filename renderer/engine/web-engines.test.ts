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

type Manner = 'agrees' | 'disagrees' | 'fails';
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
