/**
 * A model's folder as a runtime reads it: small JSON files as text, weights by ranges. Links are followed first (a hub
 * cache is links), because onnxruntime wants a bare file name beside its folder for external data.
 */
import { open, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { hasCheckpoint, isWeightsFile } from '../../models/checkpoint/checkpoint';
import { LabError } from '../../models/lab-error';

/** A configuration is a page of text; what is larger is something else. */
const MAX_TEXT_BYTES = 4 * 1024 * 1024;

/** What `models/runtime` calls a model source, with weights that onnxruntime may open by itself. */
export interface ModelFolder {
  readonly id: string;
  /** Text of `config.json` and its like; null where there is no such file. */
  readText(file: string): Promise<string | null>;
  /** Every file of the folder that may be one of its weights, by name. */
  readonly weights: ReadonlyMap<string, WeightsFile>;
}

interface WeightsFile {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
  readonly location: { readonly folder: string; readonly file: string };
}

/** Rejects with `checkpoint-missing` where there is no folder or no weights in it, `file-unreadable` where they may not be read. */
export async function openModelFolder(id: string, folder: string): Promise<ModelFolder> {
  const names = await readdir(folder).catch(orNull(folder));
  if (names === null)
    throw new LabError('checkpoint-missing', `There is no folder ${folder}.`, 'Check the path, or choose a model of the zoo.');
  const weights = new Map<string, WeightsFile>();
  for (const name of names.filter(isWeightsFile)) {
    const file = await openWeightsFile(join(folder, name));
    if (file) weights.set(name, file);
  }
  if (!hasCheckpoint(weights.keys())) {
    throw new LabError(
      'checkpoint-missing',
      `There is no model.safetensors in ${folder}, nor weights in another form.`,
      'Choose a folder with config.json and model.safetensors or pytorch_model.bin.',
    );
  }
  return { id, readText: (file) => readSmallText(join(folder, basename(file))), weights };
}

/** null for what is no file. */
async function openWeightsFile(named: string): Promise<WeightsFile | null> {
  const path = await realpath(named).catch(orNull(named));
  const found = path === null ? null : await stat(path).catch(orNull(path));
  if (path === null || !found?.isFile()) return null;
  return {
    size: found.size,
    read: (offset, length) => readRange(path, offset, length),
    location: { folder: dirname(path), file: basename(path) },
  };
}

async function readSmallText(path: string): Promise<string | null> {
  const found = await stat(path).catch(orNull(path));
  if (!found?.isFile()) return null;
  if (found.size > MAX_TEXT_BYTES) {
    throw new LabError('config-invalid', `${basename(path)} is ${found.size} bytes, far more than a configuration has.`, 'Check the file.');
  }
  return readFile(path, 'utf8').catch((thrown) => {
    throw refused(path, thrown) ?? unreadable(path, messageOf(thrown));
  });
}

/** Exactly `length` bytes from `offset`; rejects with `checkpoint-damaged` where the file ends before, `file-unreadable` where it may not be read. */
export async function readRange(path: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const file = await open(path, 'r').catch((thrown) => {
    throw refused(path, thrown) ?? unreadable(path, messageOf(thrown));
  });
  try {
    const { size } = await file.stat();
    // Before memory is asked for: a header may name any length.
    if (offset + length > size) throw unreadable(path, `bytes ${offset} to ${offset + length} of ${size} were asked for`);
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) throw unreadable(path, `it ended at byte ${offset + done}`);
      done += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}

function unreadable(path: string, detail: string): LabError {
  return new LabError(
    'checkpoint-damaged',
    `${basename(path)} cannot be read to its end.`,
    'Get the file again, or choose another folder.',
    { detail },
  );
}

/** What the system does not let us read is there all the same. */
function refused(path: string, thrown: unknown): LabError | null {
  const { code } = (thrown ?? {}) as NodeJS.ErrnoException;
  if (code !== 'EACCES' && code !== 'EPERM') return null;
  return new LabError(
    'file-unreadable',
    `${basename(path)} may not be read.`,
    'Change the permissions of the file and of its folder, or copy the model to a folder of your own.',
    { detail: messageOf(thrown) },
  );
}

/** For what may be missing: null then, unless the system refuses to tell. */
function orNull(path: string): (thrown: unknown) => null {
  return (thrown) => {
    const error = refused(path, thrown);
    if (error) throw error;
    return null;
  };
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
