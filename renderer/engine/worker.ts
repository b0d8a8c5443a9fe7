/**
 * A window's own engine: onnxruntime-web in a worker, one engine a worker. The first message says which engine to be and
 * brings a port for model files; from then on the worker answers the engine contract.
 */
import { portChannel } from '../../electron/contract/channels';
import { engineContract } from '../../electron/contract/engine';
import { connect, serve } from '../../electron/contract/rpc';
import { EngineService } from '../../models/runtime/engine-service';
import type { Ort } from '../../models/runtime/ort';
import { modelFilesContract, remoteModelSource } from './model-files';

export interface WorkerStart {
  readonly type: 'start';
  readonly engine: 'wasm' | 'webgpu';
  readonly threads: number;
  /** URLs of onnxruntime's own script and binary. */
  readonly paths: { readonly mjs: string; readonly wasm: string };
  readonly files: MessagePort;
  readonly calls: MessagePort;
}

async function loadOrt({ engine, threads, paths }: WorkerStart): Promise<Ort> {
  const ort = engine === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  ort.env.wasm.wasmPaths = paths;
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  return ort as unknown as Ort;
}

self.addEventListener('message', (event: MessageEvent<WorkerStart>) => {
  const start = event.data;
  if (start?.type !== 'start') return;
  const files = connect(modelFilesContract, portChannel(start.files));
  // The service is made with the first call, so that a library that does not load is that call's error.
  let service: Promise<EngineService> | null = null;
  const ready = () => {
    service ??= loadOrt(start).then(
      (ort) =>
        new EngineService({
          ort,
          engine: start.engine,
          threads: start.threads,
          resolve: (modelId) => remoteModelSource(files, modelId),
        }),
    );
    return service;
  };
  serve(
    engineContract,
    {
      open: async (params, { signal }) => (await ready()).open(params, { signal }),
      run: async (params, { signal, report }) => (await ready()).run(params, { signal, onProgress: report }),
      ask: async (question, { signal }) => (await ready()).ask(question, { signal }),
      forget: async (params) => (await ready()).forget(params),
      check: async () => (await ready()).check(),
    },
    portChannel(start.calls),
  );
});
