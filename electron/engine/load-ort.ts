/** Loads the onnxruntime an engine is, or says why it does not load here. */
import { cpus } from 'node:os';
import type * as Ort from 'onnxruntime-common';
import { LabError } from '../../models/lab-error';
import type { ProcessEngine } from '../contract/engine-process';

export interface LoadedEngine {
  readonly ort: typeof Ort;
  /** What it runs on, e.g. "AMD EPYC, 2 threads". */
  readonly device: string;
}

export async function loadOrt(engine: ProcessEngine, threads: number): Promise<LoadedEngine> {
  try {
    const ort = engine === 'native' ? await import('onnxruntime-node') : await loadWeb(threads);
    return { ort, device: `${processorName()}, ${threads} ${threads === 1 ? 'thread' : 'threads'}` };
  } catch (thrown) {
    throw new LabError(
      'engine-unavailable',
      engine === 'native'
        ? 'The native library of onnxruntime does not load on this computer.'
        : 'onnxruntime’s WebAssembly does not load on this computer.',
      'Choose another engine.',
      { detail: thrown instanceof Error ? thrown.message : String(thrown), cause: thrown },
    );
  }
}

async function loadWeb(threads: number): Promise<typeof Ort> {
  const ort = await import('onnxruntime-web');
  ort.env.wasm.numThreads = threads;
  return ort;
}

/** `AMD EPYC 7763 64-Core Processor` and its like, without trademarks and runs of spaces. */
function processorName(): string {
  const model = cpus()[0]?.model ?? '';
  return (
    model
      .replace(/\((R|TM)\)/gi, '')
      .replace(/\s+/g, ' ')
      .trim() || 'unknown processor'
  );
}
