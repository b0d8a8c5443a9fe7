import { describe, expect, it } from 'vitest';
import { findFolders } from './folders';
import { SampleStore } from './samples';

const store = new SampleStore(findFolders(import.meta.dirname).samplesFolder);

describe('the shipped samples', () => {
  it('can all be read, and say their licence and where they are from', async () => {
    const samples = await store.list();
    expect(samples.filter(({ modality }) => modality === 'image').length).toBeGreaterThanOrEqual(8);
    for (const { id, licence, source } of samples) {
      expect((await store.read(id)).byteLength, id).toBeGreaterThan(0);
      expect(`${licence} ${source}`, id).toMatch(/\S{2,} \S{2,}/);
    }
  });

  it('have masks that lie in their bytes', async () => {
    for (const { id, masks } of await store.list()) {
      const { byteLength } = await store.read(id);
      for (const [start, end] of masks) expect([id, start < end && end <= byteLength]).toEqual([id, true]);
    }
  });

  it('are asked for by id only', async () => {
    await expect(store.read('../../package.json')).rejects.toMatchObject({ code: 'file-unreadable' });
  });
});
