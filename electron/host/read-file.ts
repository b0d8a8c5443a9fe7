/** A file that a person named, as the window gets it: name and bytes, or a notice why not. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { LabError } from '../../models/lab-error';
import type { AppEvent } from '../contract/host';

/** What the window shows is at most one picture or a text; larger files are something else. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

export async function fileEvent(path: string): Promise<AppEvent> {
  try {
    return { kind: 'file', name: basename(path), bytes: await readBounded(path) };
  } catch (thrown) {
    return { kind: 'notice', error: LabError.from(thrown).toData() };
  }
}

export async function readBounded(path: string, limit = MAX_FILE_BYTES): Promise<Uint8Array<ArrayBuffer>> {
  const name = basename(path);
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) throw new LabError('file-unreadable', `${name} cannot be read.`, 'Check that the file is there and may be read.');
  if (found.size > limit) {
    const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
    throw new LabError(
      'file-too-large',
      `${name} is ${megabytes(found.size)}; at most ${megabytes(limit)} are opened.`,
      'Choose a smaller file.',
    );
  }
  const bytes = await readFile(path).catch(() => {
    throw new LabError('file-unreadable', `${name} cannot be read.`, 'Check that the file may be read.');
  });
  return new Uint8Array(bytes);
}
