/**
 * What `npm run parity` measures without a browser: every reference case on the native engine and on WebAssembly. Cases come
 * from a folder (head/case), one JSON line each goes to stdout for scripts/parity.mjs to print.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as nativeOrt from 'onnxruntime-node';
import * as webOrt from 'onnxruntime-web';
import { LabError } from '../../models/lab-error';
import { runCase } from './run-case';

const [folder, engine, ...names] = process.argv.slice(2) as [string, 'native' | 'wasm', ...string[]];
webOrt.env.wasm.numThreads = 1;

for (const name of names) {
  const place = join(folder, name);
  const location = engine === 'native' ? { folder: place, file: 'model.safetensors' } : undefined;
  const ort = engine === 'native' ? nativeOrt : webOrt;
  try {
    const result = await runCase(ort, engine, name, (file) => readFile(join(place, file)), location);
    console.log(JSON.stringify({ name, ...result }));
  } catch (thrown) {
    console.log(JSON.stringify({ name, problems: [LabError.from(thrown).message] }));
  }
}
