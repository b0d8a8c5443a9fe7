import { describe, expect, it } from 'vitest';
import { bytesSource, type WeightFiles } from './byte-source';
import { isWeightsFile, readCheckpoint } from './checkpoint';
import { writeSafetensors } from './safetensors';
import { readFloats } from './tensor-entry';
import { bytesOf, writeTorchZip } from './testing/write-checkpoint';

const A = 'model-00001-of-00002.safetensors';
const B = 'model-00002-of-00002.safetensors';
const shard = (...tensors: [string, ...number[]][]) =>
  writeSafetensors(tensors.map(([name, ...values]) => [name, { shape: [values.length], data: Float32Array.from(values) }]));

function files(
  map: unknown,
  shards: Record<string, Uint8Array> = { [A]: shard(['a', 1], ['b', 2]), [B]: shard(['c', 3, 4]) },
  name = 'model.safetensors.index.json',
): WeightFiles {
  const index = new TextEncoder().encode(typeof map === 'string' ? map : JSON.stringify({ weight_map: map }));
  return new Map(Object.entries({ ...shards, [name]: index }).map(([file, bytes]) => [file, bytesSource(bytes)]));
}

describe('A checkpoint in several files', () => {
  it('has each tensor in the file that its index says', async () => {
    const folder = files({ a: A, b: A, c: B });
    const { tensors, form, bytes } = await readCheckpoint(folder);
    expect(form).toBe('safetensors, 2 files');
    expect(bytes).toBe(folder.get(A)!.size + folder.get(B)!.size);
    expect([...tensors.values()].map(({ name, file }) => [name, file])).toEqual([
      ['a', A],
      ['b', A],
      ['c', B],
    ]);
    expect([...(await readFloats(folder, tensors.get('c')!))]).toEqual([3, 4]);
  });

  it.each<[string, unknown, RegExp, Record<string, Uint8Array>?]>([
    ['is no JSON', '{', /index\.json is damaged: it is not JSON/],
    ['has no map', '{}', /“weight_map” should say/],
    ['names nothing', {}, /it names no tensor/],
    ['names a path above', { a: '../x.safetensors' }, /“a” lies in “\.\.\/x\.safetensors”, which is not the name of a file in its folder/],
    ['names an absolute path', { a: '/etc/passwd' }, /not the name of a file/],
    ['names a path of Windows', { a: 'C:x.safetensors' }, /not the name of a file/],
    ['names its own folder', { a: '..' }, /not the name of a file/],
    ['names a file that is not there', { a: A, c: 'gone.safetensors' }, /“c” lies in gone\.safetensors, which is not there/],
    [
      'names a tensor that its file lacks',
      { a: A, z: B },
      /model-00002-of-00002\.safetensors is damaged: model\.safetensors\.index\.json says that “z”/,
    ],
    ['says the wrong file', { a: B, c: B, b: A }, /says that “a” lies in model-00002.*, and it lies in model-00001/],
    [
      'is about files that share a tensor',
      { a: A, c: B },
      /“a” stands in model-00001-of-00002\.safetensors as well/,
      { [A]: shard(['a', 1]), [B]: shard(['a', 1], ['c', 2]) },
    ],
    [
      'is about a damaged file',
      { a: A, c: B },
      /model-00002-of-00002\.safetensors is damaged/,
      { [A]: shard(['a', 1]), [B]: shard(['c', 1]).subarray(0, -1) },
    ],
  ])('whose index %s is refused by file and tensor', async (_, map, sentence, shards) => {
    await expect(readCheckpoint(files(map, shards))).rejects.toThrow(sentence);
  });

  it('may be one of PyTorch', async () => {
    const part = (name: string, value: number) =>
      writeTorchZip(new Map([[name, { shape: [1], storage: bytesOf(Float32Array.of(value)) }]]));
    const folder = files({ a: 'p1.bin', b: 'p2.bin' }, { 'p1.bin': part('a', 1), 'p2.bin': part('b', 2) }, 'pytorch_model.bin.index.json');
    const { tensors, form } = await readCheckpoint(folder);
    expect(form).toBe('a PyTorch pickle in zip form, 2 files');
    expect([...(await readFloats(folder, tensors.get('b')!))]).toEqual([2]);
  });
});

describe('A folder', () => {
  it('with several forms is read from the safest', async () => {
    const folder = new Map([
      ...files({ a: A, b: A, c: B }),
      ['model.safetensors', bytesSource(shard(['only', 1]))],
      ['x.pickle', bytesSource(new Uint8Array(3))],
    ]);
    expect([...(await readCheckpoint(folder)).tensors.keys()]).toEqual(['only']);
  });

  it('without weights, or with several pickles, says so', async () => {
    await expect(readCheckpoint(new Map())).rejects.toMatchObject({ code: 'checkpoint-missing' });
    const two = new Map(['a.pickle', 'b.pystate'].map((name) => [name, bytesSource(new Uint8Array(3))]));
    await expect(readCheckpoint(two)).rejects.toMatchObject({
      code: 'checkpoint-mismatch',
      message: 'There are several pickles: a.pickle, b.pystate.',
    });
  });

  it('hands over files by bare names only', () => {
    for (const name of ['model.safetensors', 'pytorch_model-00001-of-00002.bin', 'a.pystate', 'model.safetensors.index.json'])
      expect(isWeightsFile(name)).toBe(true);
    for (const name of ['../a.bin', 'a/b.bin', 'a\\b.bin', '.hidden.bin', '..bin', 'config.json', 'a.bin\0', 'notes.txt'])
      expect(isWeightsFile(name)).toBe(false);
  });

  it('whose tensors claim many times what there is, is refused', async () => {
    const storages = new Map([['0', bytesOf(new Float32Array(1000))]]);
    const tensors = new Map(Array.from({ length: 200 }, (_, i) => [`t${i}`, { shape: [1000], storage: '0' }] as const));
    const folder = new Map([['pytorch_model.bin', bytesSource(writeTorchZip(tensors, { storages }))]]);
    await expect(readCheckpoint(folder)).rejects.toThrow(/claim 800000 bytes of/);
  });
});
