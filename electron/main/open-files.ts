/** Files a person opens by dialog, by double click or on the command line: read here, handed to the window as name and bytes. */
import { app, type BrowserWindow, dialog } from 'electron';
import type { AppEvent } from '../contract/host';
import { fileEvents } from '../host/read-file';

const FILTERS = [
  { name: 'Pictures and text', extensions: ['png', 'jpg', 'jpeg', 'webp', 'gif', 'bmp', 'avif', 'txt', 'md', 'csv', 'json'] },
  { name: 'All files', extensions: ['*'] },
];

export async function openByDialog(window: BrowserWindow, send: (event: AppEvent) => void): Promise<void> {
  const { filePaths } = await dialog.showOpenDialog(window, { properties: ['openFile', 'multiSelections'], filters: FILTERS });
  await openFiles(filePaths, send);
}

/** Files opened together: the window shows the first and hears of every one that could not be read. */
export async function openFiles(paths: readonly string[], send: (event: AppEvent) => void): Promise<void> {
  let index = 0;
  for await (const event of fileEvents(paths)) {
    send(event);
    const path = paths[index++];
    if (event.kind === 'file' && path !== undefined) app.addRecentDocument(path);
  }
}

/** macOS names the files of one double click one by one: what comes within this time is opened together. */
const TOGETHER_MS = 100;

export function gatherPaths(open: (paths: readonly string[]) => void): (paths: readonly string[]) => void {
  const gathered: string[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (paths) => {
    if (paths.length === 0) return;
    gathered.push(...paths);
    clearTimeout(timer);
    timer = setTimeout(() => open(gathered.splice(0)), TOGETHER_MS);
  };
}

/** Paths among the arguments of a start: neither options, nor the app's own folder that a start from source names. */
export function filesAmong(args: readonly string[], packaged: boolean): string[] {
  return args.slice(packaged ? 1 : 2).filter((argument) => !argument.startsWith('-'));
}
