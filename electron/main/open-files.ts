/** Files a person opens by dialog, by double click or on the command line: read here, handed to the window as name and bytes. */
import { app, type BrowserWindow, dialog } from 'electron';
import type { AppEvent } from '../contract/host';
import { fileEvent } from '../host/read-file';

const FILTERS = [
  { name: 'Pictures and text', extensions: ['png', 'jpg', 'jpeg', 'webp', 'gif', 'bmp', 'avif', 'txt', 'md', 'csv', 'json'] },
  { name: 'All files', extensions: ['*'] },
];

export async function openByDialog(window: BrowserWindow, send: (event: AppEvent) => void): Promise<void> {
  const { filePaths } = await dialog.showOpenDialog(window, { properties: ['openFile', 'multiSelections'], filters: FILTERS });
  for (const path of filePaths) await openFile(path, send);
}

export async function openFile(path: string, send: (event: AppEvent) => void): Promise<void> {
  const event = await fileEvent(path);
  send(event);
  if (event.kind === 'file') app.addRecentDocument(path);
}

/** Paths among the arguments of a start: neither options, nor the app's own folder that a start from source names. */
export function filesAmong(args: readonly string[], packaged: boolean): string[] {
  return args.slice(packaged ? 1 : 2).filter((argument) => !argument.startsWith('-'));
}
