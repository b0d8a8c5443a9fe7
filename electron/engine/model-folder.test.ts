import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openModelFolder } from './model-folder';

/** Files the system lets nobody read: permissions do not hold for an administrator, who may run these tests. */
const refused = new Map<string, string>();

vi.mock('node:fs/promises', async (original) => {
  const fs = await original<typeof import('node:fs/promises')>();
  const guarded = <Call extends (path: never, ...rest: never[]) => Promise<unknown>>(name: string, call: Call): Call =>
    (async (path: never, ...rest: never[]) => {
      if (refused.get(name) === String(path)) throw Object.assign(new Error(`EACCES: permission denied, ${name}`), { code: 'EACCES' });
      return call(path, ...rest);
    }) as Call;
  return {
    ...fs,
    open: guarded('open', fs.open),
    readFile: guarded('readFile', fs.readFile as never),
    realpath: guarded('realpath', fs.realpath as never),
    stat: guarded('stat', fs.stat as never),
  };
});

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perceiver-lab-model-'));
  await writeFile(join(folder, 'model.safetensors'), Uint8Array.of(1, 2, 3));
  await writeFile(join(folder, 'config.json'), '{}');
});
afterEach(async () => {
  refused.clear();
  await rm(folder, { recursive: true, force: true });
});

describe('a model’s folder', () => {
  it('is read as texts and ranges, and lacks what is not there', async () => {
    const model = await openModelFolder('m', folder);
    expect(await model.readText('config.json')).toBe('{}');
    expect(await model.readText('preprocessor_config.json')).toBeNull();
    const weights = model.weights.get('model.safetensors')!;
    expect(await weights.read(1, 2)).toEqual(Uint8Array.of(2, 3));
    await expect(weights.read(2, 2)).rejects.toMatchObject({ code: 'checkpoint-damaged' });
  });

  it('with files that may be weights and no checkpoint among them has none', async () => {
    await rename(join(folder, 'model.safetensors'), join(folder, 'inputs.safetensors'));
    await expect(openModelFolder('m', folder)).rejects.toMatchObject({
      code: 'checkpoint-missing',
      message: `There is no model.safetensors in ${folder}, nor weights in another form.`,
    });
  });

  it.each([
    ['the configuration', 'readFile', 'config.json'],
    ['the weights', 'open', 'model.safetensors'],
    ['the way to the weights', 'realpath', 'model.safetensors'],
    ['the state of the configuration', 'stat', 'config.json'],
  ])('of which %s may not be read is said to be so, and not to be damaged', async (_, call, file) => {
    refused.set(call, join(folder, file));
    const read = async () => {
      const model = await openModelFolder('m', folder);
      await model.readText('config.json');
      await model.weights.get('model.safetensors')!.read(0, 1);
    };
    await expect(read()).rejects.toMatchObject({
      code: 'file-unreadable',
      message: `${file} may not be read.`,
      hint: expect.stringContaining('permissions'),
    });
  });
});
