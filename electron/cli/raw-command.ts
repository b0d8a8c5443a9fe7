/**
 * `raw`: tensors in, tensors out, by the names Hugging Face gives them. Runs in this very process: the same runtime and
 * engine as anywhere else, with nothing between the numbers and the file. Ctrl-C ends it between two calls of the engine.
 */
import { basename, resolve } from 'node:path';
import { bytesSource } from '../../models/checkpoint/byte-source';
import { readSafetensorsHeader } from '../../models/checkpoint/safetensors';
import { readFloats } from '../../models/checkpoint/tensor-entry';
import { LabError } from '../../models/lab-error';
import { openModel } from '../../models/runtime/open-model';
import { type NamedTensors, runRaw } from '../../models/runtime/raw';
import type { Tensor } from '../../models/tensor';
import type { ProcessEngine } from '../contract/engine-process';
import { prepareFile } from '../host/atomic-write';
import { loadOrt, openModelFolder, physicalCores } from '../host/in-process';
import { readFileBytes } from './read-bytes';
import { writeSafetensors } from './safetensors-file';

export interface RawOptions {
  readonly engine: ProcessEngine;
  readonly inputs: string;
  readonly out: string;
  readonly attentions: boolean;
  readonly hiddenStates: boolean;
  /** Paths are relative to this folder. */
  readonly folder: string;
}

const MAX_INPUT_BYTES = 2_000_000_000;

/** `say`: sentences for the person about the weights. */
export async function rawCommand(
  checkpoint: string,
  options: RawOptions,
  signal: AbortSignal,
  say: (sentence: string) => void = () => undefined,
): Promise<boolean> {
  const out = resolve(options.folder, options.out);
  await prepareFile(out);
  const source = await openModelFolder(checkpoint, resolve(options.folder, checkpoint));
  const inputs = await readInputs(resolve(options.folder, options.inputs), options.inputs);
  const threads = physicalCores();
  const { ort } = await loadOrt(options.engine, threads);
  const model = await openModel(ort, source, { engine: options.engine, threads });
  for (const note of model.model.shape.notes) say(note);
  try {
    const outputs = await runRaw(model, inputs, { ...options, signal });
    const tensors = Array.from(outputs, ([name, { data, shape }]) => ({ name, shape, values: async () => data }));
    await writeSafetensors(out, tensors);
  } finally {
    await model.dispose();
  }
  return true;
}

async function readInputs(path: string, shown: string): Promise<NamedTensors> {
  const bytes = await readFileBytes(path, shown, MAX_INPUT_BYTES);
  const source = bytesSource(bytes);
  const header = await readSafetensorsHeader(source, basename(shown)).catch((thrown) => {
    const { detail } = LabError.from(thrown);
    const message = `${shown} is no sound .safetensors file.`;
    throw new LabError('file-unreadable', message, 'Write it with the safetensors library, then try again.', {
      detail: detail ?? LabError.from(thrown).message,
    });
  });
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of header.tensors) tensors.set(name, { data: await readFloats(source, entry), shape: entry.shape });
  return tensors;
}
