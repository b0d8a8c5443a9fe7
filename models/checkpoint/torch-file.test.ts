import { describe, expect, it } from 'vitest';
import { bytesSource } from './byte-source';
import { readFloats } from './tensor-entry';
import { bytesOf, type TorchOptions, type WrittenTensor, writeTorchOld, writeTorchZip } from './testing/write-checkpoint';
import { pickle } from './testing/write-pickle';
import { zip } from './testing/write-zip';
import { readTorchFile } from './torch-file';

const FILE = 'pytorch_model.bin';
const floats = (...values: number[]) => bytesOf(Float32Array.from(values));
const six = floats(0, 1, 2, 3, 4, 5);
const one = (tensor: WrittenTensor) => new Map([['a', tensor]]);

async function read(bytes: Uint8Array): Promise<{ form: string; values: Map<string, number[]> }> {
  const source = bytesSource(bytes);
  const { form, tensors } = await readTorchFile(source, FILE);
  const values = new Map<string, number[]>();
  for (const [name, entry] of tensors) values.set(name, [...(await readFloats(source, entry))]);
  return { form, values };
}

describe('A state dict of PyTorch', () => {
  const tensors = new Map<string, WrittenTensor>([
    ['whole', { shape: [2, 3], storage: 'shared' }],
    ['view', { shape: [3], storage: 'shared', offset: 2 }],
    ['transposed', { shape: [3, 2], storage: 'shared', strides: [1, 3] }],
    ['gaps', { shape: [2, 2], storage: 'shared', offset: 1, strides: [3, 1] }],
    ['half', { shape: [2], storage: bytesOf(Uint16Array.of(0x3c00, 0xc000)), type: 'HalfStorage' }],
    ['count', { shape: [], storage: bytesOf(BigInt64Array.of(7n)), type: 'LongStorage' }],
    ['empty', { shape: [0, 4], storage: new Uint8Array(0) }],
  ]);
  const expected = new Map([
    ['whole', [0, 1, 2, 3, 4, 5]],
    ['view', [2, 3, 4]],
    ['transposed', [0, 3, 1, 4, 2, 5]],
    ['gaps', [1, 2, 4, 5]],
    ['half', [1, -2]],
    ['count', [7]],
    ['empty', []],
  ]);

  it.each<[string, TorchOptions]>([
    ['protocol 2', { protocol: 2 }],
    ['protocol 3', { protocol: 3 }],
    ['protocol 4', { protocol: 4 }],
    ['protocol 5', { protocol: 5 }],
    ['an archive of 64-bit sizes', { wide: true }],
  ])('is read from %s: views, transposed ones, those with gaps, and every type', async (_, options) => {
    const { form, values } = await read(writeTorchZip(tensors, { ...options, storages: new Map([['shared', six]]) }));
    expect(form).toBe('zip');
    expect(values).toEqual(expected);
  });

  it('in the form before 1.6 is read from its pickles and the storages behind them', async () => {
    const { form, values } = await read(
      writeTorchOld(
        new Map([
          ['a', { shape: [2, 3], storage: six }],
          ['b', { shape: [1], storage: floats(9) }],
        ]),
      ),
    );
    expect(form).toBe('old');
    expect(values).toEqual(
      new Map([
        ['a', [0, 1, 2, 3, 4, 5]],
        ['b', [9]],
      ]),
    );
  });

  it('is pointed to where it lies, however its bytes are aligned', async () => {
    const { tensors: found } = await readTorchFile(bytesSource(writeTorchZip(one({ shape: [6], storage: six }))), FILE);
    expect(found.get('a')).toEqual({ name: 'a', dtype: 'F32', shape: [6], file: FILE, offset: found.get('a')!.offset, length: 24 });
  });
});

describe('A damaged or hostile file of PyTorch', () => {
  const sound = writeTorchZip(one({ shape: [6], storage: six }));
  const old = writeTorchOld(one({ shape: [6], storage: six }));
  const archive = (value: Parameters<typeof pickle>[0], more: [string, Uint8Array][] = []) => zip([['x/data.pkl', pickle(value)], ...more]);
  it.each<[string, Uint8Array, string, RegExp]>([
    ['is empty', new Uint8Array(0), 'checkpoint-damaged', /0 bytes and is neither/],
    ['is a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47), 'checkpoint-damaged', /neither a zip archive nor a pickle/],
    ['lacks its directory', sound.subarray(0, -30), 'checkpoint-damaged', /directory at the end/],
    [
      'has a view beyond its storage',
      writeTorchZip(one({ shape: [6], storage: six, offset: 1 })),
      'checkpoint-damaged',
      /“a” takes elements 1 to 7 of a storage of 6/,
    ],
    [
      'has strides beyond its storage',
      writeTorchZip(one({ shape: [2, 2], storage: six, strides: [9, 1] })),
      'checkpoint-damaged',
      /takes elements 0 to 11/,
    ],
    [
      'repeats what it stores',
      writeTorchZip(one({ shape: [1_000_000_000], storage: six, strides: [0] })),
      'format-unsupported',
      /repeats of fewer stored/,
    ],
    [
      'holds packed entries',
      writeTorchZip(one({ shape: [6], storage: six }), { claim: () => ({ method: 8 }) }),
      'format-unsupported',
      /packed entry/,
    ],
    [
      'holds encrypted entries',
      writeTorchZip(one({ shape: [6], storage: six }), { claim: () => ({ flags: 1 }) }),
      'format-unsupported',
      /encrypted entry/,
    ],
    [
      'claims sizes that it has not',
      writeTorchZip(one({ shape: [6], storage: six }), { claim: () => ({ size: 1e9 }) }),
      'checkpoint-damaged',
      /has \d+ bytes and claims 1000000000/,
    ],
    [
      'has entries that overlap',
      writeTorchZip(one({ shape: [6], storage: six }), { claim: () => ({ header: 0 }) }),
      'checkpoint-damaged',
      /calls itself|overlaps/,
    ],
    ['leads out of its archive', zip([['../x/data.pkl', pickle(null)]]), 'checkpoint-damaged', /“\.\.\/x\/data\.pkl”, which leads out/],
    ['is absolute', zip([['/x/data.pkl', pickle(null)]]), 'checkpoint-damaged', /leads out/],
    [
      'holds a name twice',
      zip([
        ['x/data.pkl', pickle(null)],
        ['x/data.pkl', pickle(null)],
      ]),
      'checkpoint-damaged',
      /twice/,
    ],
    ['holds no pickle', zip([['x/data/0', six]]), 'checkpoint-damaged', /0 entries called data\.pkl/],
    ['holds a number', archive(3), 'checkpoint-damaged', /named tensors and holds something else/],
    ['holds a number among tensors', archive(new Map([['epoch', 3]])), 'checkpoint-damaged', /“epoch” is none/],
    [
      'asks for numpy',
      archive({ call: 'numpy.core.multiarray._reconstruct', args: [] }),
      'checkpoint-unsafe',
      /“numpy\.core\.multiarray\._reconstruct”/,
    ],
    ['calls a type', archive({ call: 'torch.FloatStorage', args: [3] }), 'checkpoint-unsafe', /calls “torch\.FloatStorage”/],
    [
      'is of another byte order',
      archive(new Map(), [['x/byteorder', new TextEncoder().encode('big')]]),
      'format-unsupported',
      /byte order/,
    ],
    ['is a pickle of something else', pickle(new Map([['a', 1]])), 'format-unsupported', /none that torch\.save wrote/],
    ['lacks a part of its storages', old.subarray(0, -1), 'checkpoint-damaged', /claims 24 bytes beyond its end/],
    ['has bytes behind its storages', Uint8Array.from([...old, 0]), 'checkpoint-damaged', /1 bytes at its end/],
  ])('that %s is refused by name', async (_, bytes, code, sentence) => {
    await expect(readTorchFile(bytesSource(bytes), FILE)).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) });
    await expect(readTorchFile(bytesSource(bytes), FILE)).rejects.toThrow(FILE);
  });
});
