/** Files a person opens by dialog, by double click or on the command line: read here, handed to the window as name and bytes. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { app, type BrowserWindow, dialog } from 'electron';
import { LabError } from '../../models/lab-error';
import type { AppEvent } from '../contract/host';

/** What the window shows is at most one picture or a text; larger files are something else. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

const FILTERS = [
  { name: 'Pictures and text', extensions: ['png', 'jpg', 'jpeg', 'webp', 'gif', 'bmp', 'avif', 'txt', 'md', 'csv', 'json'] },
  { name: 'All files', extensions: ['*'] },
];

export async function openByDialog(window: BrowserWindow, send: (event: AppEvent) => void): Promise<void> {
  const { filePaths } = await dialog.showOpenDialog(window, { properties: ['openFile', 'multiSelections'], filters: FILTERS });
  for (const path of filePaths) await openFile(path, send);
}

/** A file that cannot be read becomes a notice in the window. */
export async function openFile(path: string, send: (event: AppEvent) => void): Promise<void> {
  try {
    send({ kind: 'file', name: basename(path), bytes: await readBounded(path) });
    app.addRecentDocument(path);
  } catch (thrown) {
    send({ kind: 'notice', error: LabError.from(thrown).toData() });
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

/** Paths among the arguments of a start: neither options, nor the app's own folder that a start from source names. */
export function filesAmong(args: readonly string[], packaged: boolean): string[] {
  return args.slice(packaged ? 1 : 2).filter((argument) => !argument.startsWith('-'));
}
