import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MAX_IMAGE_FILE_BYTES } from '../../models/file-limits';
import type { AppEvent } from '../contract/host';
import { fileEvents, readBounded } from './read-file';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perceiver-lab-file-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function eventsOf(...names: string[]): Promise<AppEvent[]> {
  const events: AppEvent[] = [];
  for await (const event of fileEvents(names.map((name) => join(folder, name)))) events.push(event);
  return events;
}

describe('a file that a person named', () => {
  it('comes as its name and bytes, never its path', async () => {
    await writeFile(join(folder, 'note.txt'), 'hé');
    const bytes = new TextEncoder().encode('hé');
    expect(await eventsOf('note.txt')).toEqual([{ kind: 'file', name: 'note.txt', bytes, more: false }]);
  });

  it.each([
    ['nowhere.png', /nowhere\.png cannot be read/],
    ['.', /cannot be read/],
  ])('that cannot be read (%s) is a sentence', async (name, message) => {
    expect(await eventsOf(name)).toMatchObject([
      { kind: 'file-error', error: { code: 'file-unreadable', message: expect.stringMatching(message) }, more: false },
    ]);
  });

  it('says whether others of the same opening follow', async () => {
    await writeFile(join(folder, 'a.txt'), 'a');
    await writeFile(join(folder, 'b.txt'), 'b');
    const events = await eventsOf('a.txt', 'nowhere.txt', 'b.txt');
    expect(events).toMatchObject([
      { kind: 'file', name: 'a.txt', more: true },
      { kind: 'file-error', more: true },
      { kind: 'file', name: 'b.txt', more: false },
    ]);
  });

  it('may be as large as the window opens pictures', async () => {
    const large = join(folder, 'large.png');
    await writeFile(large, '');
    await truncate(large, 70_000_000);
    expect((await readBounded(large)).length).toBe(70_000_000);
    await truncate(large, MAX_IMAGE_FILE_BYTES + 1);
    await expect(readBounded(large)).rejects.toMatchObject({ code: 'file-too-large' });
  });

  it('that is too large is refused before it is read, with both sizes', async () => {
    await writeFile(join(folder, 'large.bmp'), new Uint8Array(3_000_000));
    await expect(readBounded(join(folder, 'large.bmp'), 2_000_000)).rejects.toMatchObject({
      code: 'file-too-large',
      message: 'large.bmp is 3 MB; at most 2 MB are opened.',
    });
  });
});
