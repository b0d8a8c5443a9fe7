import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepareFile, prepareFolder, writeAtomically, writeWhole } from './atomic-write';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perceiver-lab-writes-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const POSIX = process.platform !== 'win32';

describe('a file written whole', () => {
  it('is made with its folder, and replaced by the next', async () => {
    const path = join(folder, 'deeper', 'file');
    await writeAtomically(path, 'first, and longer');
    await writeWhole(path, async (write) => {
      await write(Uint8Array.of(0x61));
      await write(Uint8Array.of(0x62));
    });
    expect(readFileSync(path, 'utf8')).toBe('ab');
    expect(readdirSync(join(folder, 'deeper'))).toEqual(['file']);
  });

  it('is the old one where the work fails', async () => {
    writeFileSync(join(folder, 'file'), 'old');
    await expect(writeWhole(join(folder, 'file'), () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    expect([readdirSync(folder), readFileSync(join(folder, 'file'), 'utf8')]).toEqual([['file'], 'old']);
  });

  it('never takes the place of a folder', async () => {
    mkdirSync(join(folder, 'inside'));
    let worked = false;
    const work = async (): Promise<void> => {
      worked = true;
    };
    await expect(writeWhole(join(folder, 'inside'), work)).rejects.toMatchObject({ code: 'output-unwritable' });
    expect(worked).toBe(false);
  });

  it.runIf(POSIX)('never takes the place of a device or of a link', async () => {
    symlinkSync('/dev/null', join(folder, 'nothing'));
    await expect(prepareFile(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'output-unwritable' });
    writeFileSync(join(folder, 'file'), 'old');
    symlinkSync(join(folder, 'file'), join(folder, 'link'));
    await writeAtomically(join(folder, 'link'), 'new');
    expect([lstatSync(join(folder, 'link')).isSymbolicLink(), readFileSync(join(folder, 'file'), 'utf8')]).toEqual([true, 'new']);
  });

  it('says in a sentence where it cannot be', async () => {
    writeFileSync(join(folder, 'file'), '');
    const below = join(folder, 'file', 'out.safetensors');
    const error = { code: 'output-unwritable', message: `${below} cannot be written. A file is in the way.` };
    await expect(writeAtomically(below, '')).rejects.toMatchObject(error);
    await expect(prepareFile(below)).rejects.toMatchObject(error);
    await expect(prepareFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'output-unwritable' });
  });

  it.runIf(process.getuid?.() !== 0 && POSIX)('says so of a folder without permission', async () => {
    chmodSync(folder, 0o500);
    await expect(prepareFolder(folder)).rejects.toMatchObject({ code: 'output-unwritable' });
    chmodSync(folder, 0o700);
  });

  it.runIf(process.platform === 'linux')('says at once that a place takes no folder, where Node would look for ever', async () => {
    await expect(prepareFolder('/proc/perceiver-lab/maps')).rejects.toMatchObject({ code: 'output-unwritable' });
  });
});
