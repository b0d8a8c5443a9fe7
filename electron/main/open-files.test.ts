import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { AppEvent } from '../contract/host';

const recent: string[] = [];
vi.mock('electron', () => ({ app: { addRecentDocument: (path: string) => recent.push(path) }, dialog: {} }));
const { gatherPaths, openFiles } = await import('./open-files');

afterEach(() => vi.useRealTimers());

it('files of one dialog arrive as one opening, and those that could be read are remembered', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'perceiver-lab-open-'));
  await writeFile(join(folder, 'a.txt'), 'a');
  const sent: AppEvent[] = [];
  await openFiles([join(folder, 'nowhere.png'), join(folder, 'a.txt')], (event) => sent.push(event));
  await rm(folder, { recursive: true });
  expect(sent).toMatchObject([
    { kind: 'file-error', more: true },
    { kind: 'file', name: 'a.txt', more: false },
  ]);
  expect(recent).toEqual([join(folder, 'a.txt')]);
});

it('files that the system names one by one are opened together', () => {
  vi.useFakeTimers();
  const opened: (readonly string[])[] = [];
  const open = gatherPaths((paths) => opened.push(paths));
  open(['a']);
  open([]);
  open(['b', 'c']);
  vi.runAllTimers();
  open(['d']);
  vi.runAllTimers();
  expect(opened).toEqual([['a', 'b', 'c'], ['d']]);
});
