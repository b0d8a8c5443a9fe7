import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabError } from '../../models/lab-error';
import { type Input, type InputOptions, listInputs, splitLines } from './inputs';

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

  it.runIf(process.platform === 'linux')('refuse a device that never ends', async () => {
    expect((await failure((await list(['/dev/zero']))[0])).message).toMatch(/device/);
  });

  it('take standard input once', async () => {
    await expect(list(['-', '-'])).rejects.toThrow(/named twice/);
  });
});

describe('lines', () => {
  it('end in LF, CR LF or CR; the last need not end', () => {
    const lines = [...splitLines(new TextEncoder().encode('a\nb\r\n\rc'))].map((line) => new TextDecoder().decode(line));
    expect(lines).toEqual(['a', 'b', '', 'c']);
  });
});
