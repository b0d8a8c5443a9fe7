/** Files that a person named, as the window gets them: name and bytes, or why not. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { MAX_IMAGE_FILE_BYTES } from '../../models/file-limits';
import { LabError } from '../../models/lab-error';
import type { AppEvent } from '../contract/host';

/** Files opened together, one event each and marked as such. They are read one after the other: each may be large. */
export async function* fileEvents(paths: readonly string[]): AsyncGenerator<AppEvent> {
  for (const [index, path] of paths.entries()) {
    const more = index < paths.length - 1;
    try {
      yield { kind: 'file', name: basename(path), bytes: await readBounded(path), more };
    } catch (thrown) {
      yield { kind: 'file-error', error: LabError.from(thrown).toData(), more };
    }
  }
}

/** The window looks closer: a picture may be as large as this, a text not. */
export async function readBounded(path: string, limit = MAX_IMAGE_FILE_BYTES): Promise<Uint8Array<ArrayBuffer>> {
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
