import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabError } from '../../models/lab-error';
import { checkNames, type Input, type InputOptions, listInputs, splitLines } from './inputs';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perceiver-lab-inputs-'));
  mkdirSync(join(folder, 'texts', 'deeper'), { recursive: true });
  mkdirSync(join(folder, 'nothing'));
  for (const [name, text] of [
    ['b.txt', 'second'],
    ['a.txt', 'first\r\n\r\nthird line\rfourth'],
    ['.hidden', 'no'],
    ['deeper/c.txt', 'no'],
  ] as const) {
    writeFileSync(join(folder, 'texts', name), text);
  }
  writeFileSync(join(folder, 'empty.txt'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function list(names: readonly string[], options: Partial<InputOptions> = {}): Promise<Input[]> {
  const inputs: Input[] = [];
  for await (const input of listInputs(names, { modality: 'text', masks: [], lines: false, folder, ...options })) inputs.push(input);
  return inputs;
}
const textOf = async (input: Input | undefined): Promise<string> => {
  const run = (await input?.read())?.input;
  return run?.modality === 'text' ? new TextDecoder().decode(run.bytes) : '';
};
const failure = async (input: Input | undefined): Promise<LabError> => {
  try {
    await input?.read();
  } catch (thrown) {
    return thrown as LabError;
  }
  throw new Error('it was read');
};

describe('inputs', () => {
  it('keep the order they are named in; a folder gives its own files in the order of their names', async () => {
    const inputs = await list(['texts/b.txt', 'texts']);
    expect(inputs.map(({ name }) => name)).toEqual(['texts/b.txt', join('texts', 'a.txt'), join('texts', 'b.txt')]);
    expect(await textOf(inputs[2])).toBe('second');
  });

  it('are the lines of a file with --lines, numbered as an editor numbers them, without the empty ones', async () => {
    const inputs = await list(['texts/a.txt'], { lines: true, masks: [{ start: 0, end: 2 }] });
    expect(inputs.map(({ name }) => name)).toEqual(['texts/a.txt:1', 'texts/a.txt:3', 'texts/a.txt:4']);
    expect(await textOf(inputs[1])).toBe('third line');
    expect((await inputs[1]?.read())?.input).toMatchObject({ masks: [{ start: 0, end: 2 }] });
  });

  it.each([
    ['missing.txt', 'file-unreadable', /There is no file missing\.txt/],
    ['texts/a.txt/b', 'file-unreadable', /There is no file/],
    ['empty.txt', 'file-empty', /empty\.txt is empty/],
    ['nothing', 'file-empty', /no files in it/],
  ])('say what is wrong with %s in its place', async (name, code, sentence) => {
    for (const lines of [false, true]) {
      const [input] = await list([name], { lines });
      const error = await failure(input);
      expect([error.code, input?.name]).toEqual([code, name]);
      expect(error.message).toMatch(sentence);
    }
  });

  it('say how large a file that is too large is, and what the limit is', async () => {
    writeFileSync(join(folder, 'large.png'), '');
    truncateSync(join(folder, 'large.png'), 1_000_000_000);
    const error = await failure((await list(['large.png'], { modality: 'image' }))[0]);
    expect(error.message).toBe('large.png has at least 1,000 MB; files up to 268 MB are read.');
  });

  it.runIf(process.platform === 'linux')('refuse a device that never ends', async () => {
    expect((await failure((await list(['/dev/zero']))[0])).message).toMatch(/device/);
  });

  it.runIf(process.platform !== 'win32')('leave out a folder behind a link, and follow a link to a file', async () => {
    mkdirSync(join(folder, 'links'));
    symlinkSync(join(folder, 'texts'), join(folder, 'links', 'folder'));
    symlinkSync(join(folder, 'texts', 'b.txt'), join(folder, 'links', 'file'));
    symlinkSync(join(folder, 'gone'), join(folder, 'links', 'nowhere'));
    const inputs = await list(['links']);
    expect(inputs.map(({ name }) => name)).toEqual([join('links', 'file'), join('links', 'nowhere')]);
    expect(await textOf(inputs[0])).toBe('second');
    expect((await failure(inputs[1])).code).toBe('file-unreadable');
  });

  it.runIf(process.platform !== 'win32')('refuse a pipe that lies in a folder, and read one that is named', async () => {
    mkdirSync(join(folder, 'pipes'));
    execFileSync('mkfifo', [join(folder, 'pipes', 'waits')]);
    const [lying] = await list(['pipes']);
    expect((await failure(lying)).message).toMatch(/a pipe or a socket, not a file/);
    const [named] = await list([join('pipes', 'waits')]);
    spawn('sh', ['-c', 'printf hello > "$0"', join(folder, 'pipes', 'waits')]);
    expect(await textOf(named)).toBe('hello');
  });

  it('say of a shell’s pipe that did not get here what to do instead', async () => {
    expect((await failure((await list(['/dev/fd/983']))[0])).hint).toMatch(/name - instead/);
  });

  it('are one that failed where no line has text in it', async () => {
    writeFileSync(join(folder, 'blank.txt'), '\n\r\n\n');
    const inputs = await list(['blank.txt'], { lines: true });
    expect(inputs.map(({ name }) => name)).toEqual(['blank.txt']);
    expect(await failure(inputs[0])).toMatchObject({ code: 'file-empty', message: 'blank.txt has no lines with text in it.' });
  });

  it('take standard input once', () => {
    expect(() => checkNames(['-', 'a.txt', '-'])).toThrow(/named twice/);
    expect(() => checkNames(['-', 'a.txt'])).not.toThrow();
  });

  it('have a name', () => {
    expect(() => checkNames(['a.txt', ''])).toThrow(/empty name/);
  });
});

describe('lines', () => {
  it('end in LF, CR LF or CR; the last need not end', () => {
    const lines = [...splitLines(new TextEncoder().encode('a\nb\r\n\rc'))].map((line) => new TextDecoder().decode(line));
    expect(lines).toEqual(['a', 'b', '', 'c']);
  });
});
