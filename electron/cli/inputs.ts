/** What stands on the command line becomes a list of inputs, in order; each is read only when its turn comes. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LabError } from '../../models/lab-error';
import type { ByteSpan, ModalityName } from '../../models/runtime/types';
import { decodeText, MAX_TEXT_FILE_BYTES } from './decode-text';
import { cliModality, type ReadInput } from './modalities';
import { readFileBytes, readStdin } from './read-bytes';

export interface Input {
  /** As it was typed; a file of a folder is folder/file, a line is file:LINE. */
  readonly name: string;
  read(): Promise<ReadInput>;
}

export interface InputOptions {
  readonly modality: ModalityName;
  readonly masks: readonly ByteSpan[];
  /** Each line of a text file is an input of its own. */
  readonly lines: boolean;
  /** Paths are relative to this folder. */
  readonly folder: string;
}

const STDIN = '-';

/** Standard input can be read once only. Throws `usage` where it is named twice. */
export async function* listInputs(names: readonly string[], options: InputOptions): AsyncGenerator<Input> {
  if (names.filter((name) => name === STDIN).length > 1) {
    throw new LabError('usage', 'Standard input (-) is named twice.', 'Name it once.');
  }
  for (const name of names) {
    for (const file of await filesOf(name, options.folder)) {
      if (options.lines) yield* linesOf(file, options);
      else yield oneInput(file, options);
    }
  }
}

interface NamedFile {
  readonly name: string;
  readonly path: string;
  readonly trouble?: LabError;
}

/** A folder's own files in the order of their names; hidden ones and folders inside are left out. */
async function filesOf(name: string, folder: string): Promise<NamedFile[]> {
  const path = resolve(folder, name);
  if (name === STDIN) return [{ name, path: STDIN }];
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) return [{ name, path }];
  try {
    const entries = await readdir(path, { withFileTypes: true });
    const files = entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    if (files.length === 0) {
      return [
        {
          name,
          path,
          trouble: new LabError(
            'file-empty',
            `The folder ${name} has no files in it.`,
            'Name a folder with files, or the files themselves.',
          ),
        },
      ];
    }
    return files.map((file) => ({ name: join(name, file), path: join(path, file) }));
  } catch (thrown) {
    const trouble = new LabError('file-unreadable', `The folder ${name} cannot be read.`, 'Change its permissions, or choose another.', {
      detail: thrown instanceof Error ? thrown.message : String(thrown),
    });
    return [{ name, path, trouble }];
  }
}

async function bytesOf(file: NamedFile, limit: number): Promise<Uint8Array> {
  if (file.trouble) throw file.trouble;
  return file.path === STDIN ? readStdin(limit) : readFileBytes(file.path, file.name, limit);
}

const shownName = (file: NamedFile): string => (file.path === STDIN ? 'Standard input' : file.name);

function oneInput(file: NamedFile, { modality, masks }: InputOptions): Input {
  const { limit, read } = cliModality(modality);
  return { name: file.name, read: async () => read(await bytesOf(file, limit), shownName(file), masks) };
}

/** A file that cannot be read is one input with its error. Lines without a character are no inputs. */
async function* linesOf(file: NamedFile, { masks }: InputOptions): AsyncGenerator<Input> {
  let text: { readonly bytes: Uint8Array; readonly notes: readonly string[] };
  try {
    text = decodeText(await bytesOf(file, MAX_TEXT_FILE_BYTES), shownName(file));
  } catch (thrown) {
    yield { name: file.name, read: () => Promise.reject(thrown) };
    return;
  }
  let number = 0;
  for (const bytes of splitLines(text.bytes)) {
    number += 1;
    if (bytes.length === 0) continue;
    yield {
      name: `${file.name}:${number}`,
      read: async () => ({ input: { modality: 'text', bytes, masks }, notes: text.notes }),
    };
  }
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Lines end in LF, CR LF or CR, as editors have them. */
export function* splitLines(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] !== LINE_FEED && bytes[at] !== CARRIAGE_RETURN) continue;
    yield bytes.slice(start, at);
    if (bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED) at += 1;
    start = at + 1;
  }
  if (start < bytes.length) yield bytes.slice(start);
}
