/** What stands on the command line becomes a list of inputs, in order; each is read only when its turn comes. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { LabError } from '../../models/lab-error';
import type { ByteSpan, ModalityName } from '../../models/runtime/types';
import { decodeText, MAX_TEXT_FILE_BYTES } from './decode-text';
import { cliModality, type ReadInput } from './modalities';
import { notAFile, readFileBytes, readStdin } from './read-bytes';

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

/** Standard input can be read once only, and an empty name is a variable that is not set. Throws `usage`. */
export function checkNames(names: readonly string[]): void {
  if (names.includes('')) throw new LabError('usage', 'An input has an empty name.', 'Name a file, a folder, or - for standard input.');
  if (names.filter((name) => name === STDIN).length > 1) {
    throw new LabError('usage', 'Standard input (-) is named twice.', 'Name it once.');
  }
}

export async function* listInputs(names: readonly string[], options: InputOptions): AsyncGenerator<Input> {
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
    const entries = (await readdir(path, { withFileTypes: true })).filter((entry) => !entry.name.startsWith('.'));
    const files = (await Promise.all(entries.map((entry) => fileOf(entry, name, path)))).filter((file) => file !== null);
    if (files.length > 0) return files.sort((a, b) => (a.path < b.path ? -1 : 1));
    const message = `The folder ${name} has no files in it.`;
    return [{ name, path, trouble: new LabError('file-empty', message, 'Name a folder with files, or the files themselves.') }];
  } catch (thrown) {
    const trouble = new LabError('file-unreadable', `The folder ${name} cannot be read.`, 'Change its permissions, or choose another.', {
      detail: thrown instanceof Error ? thrown.message : String(thrown),
    });
    return [{ name, path, trouble }];
  }
}

/** Null for a folder, behind a link too. A pipe that lies in a folder was not named to be read, and may wait for ever. */
async function fileOf(entry: Dirent, folderName: string, folderPath: string): Promise<NamedFile | null> {
  const [name, path] = [join(folderName, entry.name), join(folderPath, entry.name)];
  const found = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry;
  if (found?.isDirectory()) return null;
  return found === null || found.isFile() ? { name, path } : { name, path, trouble: notAFile(name) };
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

/** A file that cannot be read, or has empty lines only, is one input with its error. Lines without a character are no inputs. */
async function* linesOf(file: NamedFile, { masks }: InputOptions): AsyncGenerator<Input> {
  let text: { readonly bytes: Uint8Array; readonly notes: readonly string[] };
  try {
    text = decodeText(await bytesOf(file, MAX_TEXT_FILE_BYTES), shownName(file));
  } catch (thrown) {
    yield { name: file.name, read: () => Promise.reject(thrown) };
    return;
  }
  let [number, full] = [0, 0];
  for (const bytes of splitLines(text.bytes)) {
    number += 1;
    if (bytes.length === 0) continue;
    full += 1;
    yield {
      name: `${file.name}:${number}`,
      read: async () => ({ input: { modality: 'text', bytes, masks }, notes: text.notes }),
    };
  }
  if (full > 0) return;
  const error = new LabError('file-empty', `${shownName(file)} has no lines with text in it.`, 'Choose a file with something in it.');
  yield { name: file.name, read: () => Promise.reject(error) };
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
