import { describe, expect, it } from 'vitest';
import type { Client } from '../../electron/contract/define';
import { MODEL_READ_LIMIT } from '../../electron/contract/host';
import { readCheckpoint } from '../../models/checkpoint/checkpoint';
import { writeSafetensors } from '../../models/checkpoint/safetensors';
import { readFloats } from '../../models/checkpoint/tensor-entry';
import { type modelFilesContract, remoteModelSource } from './model-files';

const shard = (name: string, value: number) => writeSafetensors([[name, { shape: [1], data: Float32Array.of(value) }]]);
const text = (json: unknown) => new TextEncoder().encode(JSON.stringify(json));

/** A page whose model has these files, and counts what is read of them. */
function pageWith(files: Record<string, Uint8Array>, lengths: number[] = []): Client<typeof modelFilesContract> {
  return {
    sizes: async () => Object.fromEntries(Object.entries(files).map(([name, { length }]) => [name, length])),
    read: async ({ file, offset, length }: { file: string; offset: number; length: number }) => {
      lengths.push(length);
      return files[file]!.slice(offset, offset + length);
    },
  } as unknown as Client<typeof modelFilesContract>;
}

describe('A model as a window’s engine gets it', () => {
  it('may lie in several files', async () => {
    const files = {
      'config.json': text({ a: 1 }),
      'model.safetensors.index.json': text({ weight_map: { a: '1.safetensors', b: '2.safetensors' } }),
      '1.safetensors': shard('a', 3),
      '2.safetensors': shard('b', 4),
    };
    const source = await remoteModelSource(pageWith(files), 'mine');
    expect(await source.readText('config.json')).toBe('{"a":1}');
    expect(await source.readText('preprocessor_config.json')).toBeNull();
    expect(await source.readText('1.safetensors')).toBeNull();
    const { tensors, files: read } = await readCheckpoint(source.weights);
    expect(read).toEqual(['1.safetensors', '2.safetensors']);
    expect([...(await readFloats(source.weights, tensors.get('b')!))]).toEqual([4]);
  });

  it('is read in parts that the host answers', async () => {
    const lengths: number[] = [];
    const size = MODEL_READ_LIMIT + 5;
    const { weights } = await remoteModelSource(pageWith({ 'pytorch_model.bin': new Uint8Array(size).fill(7) }, lengths), 'mine');
    const bytes = await weights.get('pytorch_model.bin')!.read(0, size);
    expect(bytes.every((byte) => byte === 7)).toBe(true);
    expect(lengths).toEqual([MODEL_READ_LIMIT, 5]);
  });

  it('without weights says so when it is opened', async () => {
    const { weights } = await remoteModelSource(pageWith({ 'config.json': text({}) }), 'mine');
    await expect(readCheckpoint(weights)).rejects.toMatchObject({ code: 'checkpoint-missing' });
  });
});
