/**
 * The window's side of its own engines: starts a worker, checks the engine against the shipped vector, tells the host how
 * that went, and ends a worker that does not listen any more.
 */

import gpuMjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import gpuBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import wasmMjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { portChannel } from '../../electron/contract/channels';
import type { Client } from '../../electron/contract/define';
import { type EngineContract, engineContract } from '../../electron/contract/engine';
import type { EngineState, HostContract } from '../../electron/contract/host';
import { connect, serve } from '../../electron/contract/rpc';
import { LabError } from '../../models/lab-error';
import { modelFilesContract, modelFilesFrom } from './model-files';
import type { WorkerStart } from './worker';

type WebEngine = 'wasm' | 'webgpu';
type Report = Omit<EngineState, 'medians'>;

/** A cancelled call that still blocks its worker after this long ends the worker. */
const STUCK_AFTER_MS = 5000;
/** Loading and checking take seconds on a slow computer; one that hangs would be waited for without end. */
const CHECK_WITHIN_MS = 120_000;
const PATHS: Readonly<Record<WebEngine, WorkerStart['paths']>> = {
  wasm: { mjs: absolute(wasmMjs), wasm: absolute(wasmBinary) },
  webgpu: { mjs: absolute(gpuMjs), wasm: absolute(gpuBinary) },
};

function absolute(url: string): string {
  return new URL(url, import.meta.url).href;
}

export interface WebEngines {
  /** Rejects with `engine-unavailable` or `engine-disagrees` and the reason. */
  client(engine: WebEngine): Promise<Client<EngineContract>>;
  /** Tells the host what this window could run, without loading anything large. */
  announce(): Promise<void>;
}

/** An attempt to start an engine, as it sees itself. */
interface Attempt {
  /** Not a word once a newer attempt is under way: that one speaks for the engine. */
  readonly report: (state: Report) => Promise<unknown>;
  /** Its worker has ended. False where the engine has gone on without it. */
  readonly leave: () => boolean;
}

export function createWebEngines(host: Client<HostContract>, checkWithinMs = CHECK_WITHIN_MS): WebEngines {
  const started = new Map<WebEngine, Promise<Client<EngineContract>>>();
  const tell = (state: Report) => host.engineReport(state).catch(() => undefined);

  const start = async (engine: WebEngine, { report, leave }: Attempt): Promise<Client<EngineContract>> => {
    const place = await placeOf(engine);
    if (typeof place === 'string') {
      await report({ name: engine, status: 'unavailable', device: '', reason: place, software: false, check: null });
      throw new LabError('engine-unavailable', place, 'Choose another engine.');
    }
    await report({ name: engine, status: 'starting', ...place, reason: 'It is being loaded and checked.', check: null });
    let ready = false;
    const { client, end } = startWorker(engine, host, () => {
      // Of a worker that ends before it is ready the check says what is wrong.
      if (!leave() || !ready) return;
      void report({ name: engine, status: 'lost', ...place, reason: 'Its worker ended; the next run starts a fresh one.', check: null });
    });
    const timeout = AbortSignal.timeout(checkWithinMs);
    try {
      const check = await client.check({}, { signal: timeout });
      ready = check.agrees;
      const reason = check.agrees ? 'It agrees with the CPU’s result on this computer.' : disagreement(check.maxDifference, check.limit);
      await report({ name: engine, status: check.agrees ? 'ready' : 'unavailable', ...place, reason, check });
      if (!check.agrees) throw new LabError('engine-disagrees', reason, 'Choose another engine.');
      return client;
    } catch (thrown) {
      // An engine that is not used must not keep its memory and threads; the next attempt starts a fresh one.
      end();
      const error = timeout.aborted ? late(checkWithinMs) : LabError.from(thrown);
      if (error.code !== 'engine-disagrees') {
        await report({ name: engine, status: 'unavailable', ...place, reason: error.message, check: null });
      }
      throw error;
    }
  };

  return {
    client(engine) {
      const running = started.get(engine);
      if (running) return running;
      const client = start(engine, {
        report: async (state) => (started.get(engine) ?? client) === client && tell(state),
        leave: () => started.get(engine) === client && started.delete(engine),
      });
      started.set(engine, client);
      client.catch(() => started.get(engine) === client && started.delete(engine));
      return client;
    },
    async announce() {
      for (const engine of ['wasm', 'webgpu'] as const) {
        const place = await placeOf(engine);
        const known = typeof place !== 'string';
        await tell({
          name: engine,
          status: known ? 'untried' : 'unavailable',
          device: known ? place.device : '',
          software: known ? place.software : false,
          reason: known ? 'It is loaded and checked when it is first used.' : place,
          check: null,
        });
      }
    },
  };
}

interface StartedWorker {
  readonly client: Client<EngineContract>;
  /** Ends the worker and everything that serves it, without a word to anyone. */
  readonly end: () => void;
}

/** @param onDeath the worker has ended by itself, or had to be ended because it did not listen. */
function startWorker(engine: WebEngine, host: Client<HostContract>, onDeath: () => void): StartedWorker {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: engine });
  const files = new MessageChannel();
  const calls = new MessageChannel();
  const modelFiles = portChannel(files.port1);
  serve(modelFilesContract, modelFilesFrom(host), modelFiles);
  const channel = portChannel(calls.port1);
  const end = () => {
    worker.terminate();
    channel.close();
    modelFiles.close();
  };
  const die = () => {
    end();
    onDeath();
  };
  worker.addEventListener('error', die, { once: true });
  const start: WorkerStart = { type: 'start', engine, threads: threads(), paths: PATHS[engine], files: files.port2, calls: calls.port2 };
  worker.postMessage(start, [files.port2, calls.port2]);
  return { client: connect(engineContract, channel, { stuckAfterMs: STUCK_AFTER_MS, onStuck: die }), end };
}

/** WASM threads need cross-origin isolation; more than four seldom pay for models of this size. */
function threads(): number {
  return crossOriginIsolated ? Math.max(1, Math.min(4, navigator.hardwareConcurrency)) : 1;
}

/** What the engine would run on here, or the sentence why it cannot. */
async function placeOf(engine: WebEngine): Promise<{ device: string; software: boolean } | string> {
  if (engine === 'wasm') {
    const count = threads();
    return { device: `WebAssembly, SIMD, ${count} ${count === 1 ? 'thread' : 'threads'}`, software: false };
  }
  const gpu = (navigator as { gpu?: { requestAdapter(): Promise<GpuAdapter | null> } }).gpu;
  if (!gpu) return 'This window has no WebGPU.';
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (!adapter) return 'No graphics adapter answers WebGPU on this computer.';
  const { vendor, architecture, description, device } = adapter.info;
  const name = [vendor, architecture || device || description].filter(Boolean).join(' / ') || 'unnamed adapter';
  return { device: name, software: adapter.info.isFallbackAdapter ?? /swiftshader|llvmpipe|software/i.test(`${name} ${description}`) };
}

interface GpuAdapter {
  readonly info: {
    readonly vendor: string;
    readonly architecture: string;
    readonly device: string;
    readonly description: string;
    readonly isFallbackAdapter?: boolean;
  };
}

function late(ms: number): LabError {
  return new LabError('engine-unavailable', `It did not answer within ${ms / 1000} seconds.`, 'Choose another engine, or run again.');
}

function disagreement(difference: number, limit: number): string {
  return `Its result differs from the CPU’s by ${difference.toExponential(1)}; the limit is ${limit.toExponential(0)}.`;
}
