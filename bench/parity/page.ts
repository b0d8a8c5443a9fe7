/** The page of `npm run parity`: reference cases on WebGPU, one at a time, when the terminal asks for them. */
import gpuMjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import gpuBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as webgpu from 'onnxruntime-web/webgpu';
import type { Ort } from '../../models/runtime/ort';
import { type CaseResult, runCase } from './run-case';

const ort = webgpu as unknown as Ort;
webgpu.env.wasm.wasmPaths = { mjs: new URL(gpuMjs, location.href).href, wasm: new URL(gpuBinary, location.href).href };
webgpu.env.wasm.numThreads = 1;
webgpu.env.logLevel = 'error';

async function read(path: string): Promise<Uint8Array> {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

/** What the adapter is called, or null where none answers. */
async function adapterName(): Promise<string | null> {
  const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<{ info: { vendor: string; architecture: string } } | null> } };
  const adapter = await gpu?.requestAdapter();
  return adapter ? `${adapter.info.vendor} ${adapter.info.architecture}`.trim() : null;
}

declare global {
  interface Window {
    parity: { adapterName(): Promise<string | null>; run(name: string): Promise<CaseResult> };
  }
}

window.parity = { adapterName, run: (name) => runCase(ort, 'webgpu', name, (file) => read(`/case/${name}/${file}`)) };
