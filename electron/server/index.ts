/** Browser mode as `npm start` opens it: the shipped folders, a forked engine process, and a host on loopback. */
import { join } from 'node:path';
import type { AppEvent } from '../contract/host';
import { forkEngine } from '../host/engine-process';
import { findFolders } from '../host/folders';
import { createHost, warmUp } from '../host/index';
import { fileEvents } from '../host/read-file';
import { readModelInfo } from '../host/read-model-info';
import { type BrowserMode, startBrowserMode } from './browser-mode';

export interface OpenOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** Why browser mode, in a sentence; the window shows it. */
  readonly modeReason: string;
  readonly closeWhenEmptyMs: number | null;
  /** Paths opened in the first window. */
  readonly files?: readonly string[];
}

export interface OpenBrowserMode extends BrowserMode {
  /** For the browser's own profile, apart from a person's. */
  readonly profileFolder: string;
}

export async function openBrowserMode({ port, modeReason, closeWhenEmptyMs, files = [] }: OpenOptions): Promise<OpenBrowserMode> {
  const folders = findFolders(import.meta.dirname);
  const host = await createHost({
    ...folders,
    mode: 'browser',
    modeReason,
    startEngineProcess: forkEngine(folders.engineEntry),
    readModelInfo,
  });
  warmUp(host);
  const events: AppEvent[] = [];
  for await (const event of fileEvents(files)) events.push(event);
  const mode = await startBrowserMode({ host, rendererFolder: folders.rendererFolder, port, closeWhenEmptyMs, events });
  return { ...mode, profileFolder: join(folders.dataFolder, 'browser') };
}
