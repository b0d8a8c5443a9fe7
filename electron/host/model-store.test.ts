import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ModelInfo } from '../../models/runtime/types';
import { ModelStore } from './model-store';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perceiver-lab-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const storeOf = (notes: string[]) =>
  new ModelStore(
    join(folder, 'zoo'),
    async () => ({ architecture: 'PerceiverForMaskedLM', notes }) as unknown as ModelInfo,
    () => undefined,
  );

describe('A folder of one’s own', () => {
  it('is said with what is to be known of its weights', async () => {
    await mkdir(join(folder, 'mine'));
    await writeFile(join(folder, 'mine', 'pytorch_model.bin'), 'x');
    const path = join(folder, 'mine');
    expect((await storeOf([]).addFolder(path)).summary).toBe('PerceiverForMaskedLM from mine');
    expect((await storeOf(['One note.', 'Another.']).addFolder(path)).summary).toBe('PerceiverForMaskedLM from mine. One note. Another.');
  });

  it('hands windows its configuration and every file that may be weights, and nothing else', async () => {
    const path = join(folder, 'mine');
    await mkdir(join(path, 'folder.bin'), { recursive: true });
    for (const name of ['config.json', 'card.json', '1.safetensors', 'model.safetensors.index.json', 'x.pystate', 'notes.txt']) {
      await writeFile(join(path, name), name);
    }
    await symlink(join(path, '1.safetensors'), join(path, '2.safetensors'));
    await symlink(join(path, 'gone'), join(path, '3.safetensors'));
    const store = storeOf([]);
    const { id } = await store.addFolder(path);
    expect(Object.keys(await store.files(id)).sort()).toEqual([
      '1.safetensors',
      '2.safetensors',
      'config.json',
      'model.safetensors.index.json',
      'x.pystate',
    ]);
    expect(await store.read(id, '2.safetensors', 1, 3)).toEqual(new TextEncoder().encode('.sa'));
    for (const name of ['card.json', 'notes.txt', '../mine/1.safetensors', 'folder.bin/../1.safetensors', '.']) {
      await expect(store.read(id, name, 0, 1)).rejects.toMatchObject({ code: 'input-invalid' });
    }
  });
});
