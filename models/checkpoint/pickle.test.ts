import { describe, expect, it } from 'vitest';
import { type ByteSource, bytesSource } from './byte-source';
import { PickleBytes, PickleGlobal, PickleList, type PickleRules, unpickle } from './pickle';
import { pickle } from './testing/write-pickle';

const rules: PickleRules = {
  globals: new Map([['a.pair', new PickleGlobal('a.pair', (args) => ({ pair: args }))]]),
  build: () => undefined,
};
const read = async (bytes: Uint8Array) => (await unpickle(bytesSource(bytes), 'x.pickle', rules)).value;
const raw = (...bytes: number[]) => Uint8Array.from([0x80, 4, ...bytes]);

describe('A pickle', () => {
  it.each([2, 3, 4, 5])('of protocol %i gives back what was written', async (protocol) => {
    const long = 'ü'.repeat(400);
    const value = new Map([
      ['numbers', [0, 255, 256, 65536, -1, 2 ** 40, -(2 ** 40)]],
      ['others', [null, true, false, long]],
      ['nothing', []],
    ] as const);
    expect(await read(pickle(value, protocol))).toEqual(value);
    expect(await read(pickle({ list: [1, 'two'] }, protocol))).toEqual(Object.assign(new PickleList(), { items: [1, 'two'] }));
    expect(await read(pickle(0x1950a86a20f9469cfc6cn, protocol))).toBe(0x1950a86a20f9469cfc6cn);
    expect(await read(pickle([{ call: 'a.pair', args: [1] }, { global: 'a.pair' }], protocol))).toEqual([
      { pair: [1] },
      rules.globals.get('a.pair'),
    ]);
  });

  it('leaves bytes where they are, however many', async () => {
    const bytes = pickle(['before', new Uint8Array(1_000_000), 'behind']);
    let largest = 0;
    const source: ByteSource = {
      size: bytes.length,
      async read(at, length) {
        largest = Math.max(largest, length);
        return bytes.subarray(at, at + length);
      },
    };
    expect((await unpickle(source, 'x.pickle', rules)).value).toEqual(['before', new PickleBytes(15, 1_000_000), 'behind']);
    expect(largest).toBeLessThan(100_000);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['has no protocol', Uint8Array.of(0x28, 0x2e), /no pickle of protocol 2 to 5/],
    ['is of protocol 6', Uint8Array.of(0x80, 6, 0x2e), /protocol 6/],
    ['ends before its end', raw(0x4b), /ends in the middle/],
    ['claims a text longer than itself', raw(0x58, 255, 255, 255, 255), /ends in the middle/],
    ['claims bytes longer than itself', raw(0x8e, 0, 0, 0, 0, 0, 0, 0, 0x80), /ends in the middle/],
    ['holds a text no name has', pickle('x'.repeat(70_000)), /a text of 70000 bytes/],
    ['holds a text that is none', raw(0x8c, 1, 0xff, 0x2e), /not UTF-8/],
    ['takes from nothing', raw(0x2e), /empty stack/],
    ['goes back to no mark', raw(0x74), /a mark it never set/],
    ['recalls nothing', raw(0x68, 3), /recalls what it never kept \(3\)/],
    ['sets items of a number', raw(0x4b, 1, 0x4b, 1, 0x4b, 1, 0x73), /no dictionary/],
    ['has a tuple for a key', raw(0x7d, 0x29, 0x29, 0x73), /neither text nor number/],
    ['calls a text', raw(0x8c, 1, 97, 0x29, 0x52), /calls what is no name/],
    ['calls without arguments', raw(...pickle({ global: 'a.pair' }).slice(2, -1), 0x4e, 0x52), /without a tuple/],
    ['makes an instance', raw(0x28, 0x69), /instruction 0x69/],
    ['refers to outside', raw(0x4b, 1, 0x51), /refers to something outside/],
    ['names what is not allowed', pickle({ global: 'os.system' }), /asks for “os\.system”/],
    ['names it in old words', pickle({ global: 'os.system' }, 2), /asks for “os\.system”/],
    ['names a property of objects', pickle({ global: 'constructor.prototype' }), /asks for “constructor\.prototype”/],
    ['has a name without an end', raw(0x63, ...new Array<number>(600).fill(97)), /has no end/],
  ])('that %s is refused', async (_, bytes, sentence) => {
    await expect(read(bytes)).rejects.toThrow(sentence);
    await expect(read(bytes)).rejects.toThrow('x.pickle');
  });

  it('that is a long program for nothing is given up', async () => {
    const containers = new Uint8Array(400_000).fill(0x7d);
    await expect(read(Uint8Array.from([0x80, 4, ...containers]))).rejects.toThrow(/more steps/);
  });

  it('that holds itself ends', async () => {
    // A list, kept as 0, then appended to itself.
    const list = (await read(raw(0x5d, 0x71, 0, 0x68, 0, 0x61, 0x2e))) as PickleList;
    expect(list.items[0]).toBe(list);
  });
});
