import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileEvent, readBounded } from './read-file';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perceiver-lab-file-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file that a person named', () => {
  it('comes as its name and bytes, never its path', async () => {
    await writeFile(join(folder, 'note.txt'), 'hé');
    expect(await fileEvent(join(folder, 'note.txt'))).toEqual({ kind: 'file', name: 'note.txt', bytes: new TextEncoder().encode('hé') });
  });

  it.each([
    ['nowhere.png', /nowhere\.png cannot be read/],
    ['.', /cannot be read/],
  ])('that cannot be read (%s) is a notice', async (name, message) => {
    expect(await fileEvent(join(folder, name))).toMatchObject({
      kind: 'notice',
      error: { code: 'file-unreadable', message: expect.stringMatching(message) },
    });
  });

  it('that is too large is refused before it is read, with both sizes', async () => {
    await writeFile(join(folder, 'large.bmp'), new Uint8Array(3_000_000));
    await expect(readBounded(join(folder, 'large.bmp'), 2_000_000)).rejects.toMatchObject({
      code: 'file-too-large',
      message: 'large.bmp is 3 MB; at most 2 MB are opened.',
    });
  });
});
