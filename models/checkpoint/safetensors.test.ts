import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabError } from '../lab-error';
import { type ByteSource, bytesSource } from './byte-source';
import { findNonFinite } from './non-finite';
import { readSafetensorsHeader, writeSafetensors } from './safetensors';
import { readFloats } from './tensor-entry';

const FILE = 'model.safetensors';

/** A file of a header as given and `data` behind it. */
function file(header: unknown, data: Uint8Array, lengthOf = (text: Uint8Array) => BigInt(text.length)): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const out = new Uint8Array(8 + text.length + data.length);
  new DataView(out.buffer).setBigUint64(0, lengthOf(text), true);
  out.set(text, 8);
  out.set(data, 8 + text.length);
  return out;
}

const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const entry = (begin: number, end: number, shape: unknown = [(end - begin) / 4], dtype: string = 'F32') => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

async function errorOf(bytes: Uint8Array): Promise<LabError> {
  const thrown = await readSafetensorsHeader(bytesSource(bytes), FILE).catch((error: unknown) => error);
  if (!(thrown instanceof LabError)) throw new Error('it was accepted');
  expect(thrown.code).toBe('checkpoint-damaged');
  expect(thrown.message).toContain(FILE);
  return thrown;
}

describe('A safetensors file', () => {
  it('gives back what was written, whatever the names', async () => {
    const name = fc.oneof(fc.constant('__proto__'), fc.string({ minLength: 1, maxLength: 12 })).filter((text) => text !== '__metadata__');
    const tensor = fc.array(fc.float({ noNaN: true }), { maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.tuple(name, tensor), { selector: ([key]) => key }), async (tensors) => {
        const bytes = writeSafetensors(tensors.map(([key, data]) => [key, { shape: [data.length], data: Float32Array.from(data) }]));
        const source = bytesSource(bytes);
        const header = await readSafetensorsHeader(source, FILE);
        expect([...header.tensors.keys()].sort()).toEqual(tensors.map(([key]) => key).sort());
        for (const [key, data] of tensors) expect([...(await readFloats(source, header.tensors.get(key)!))]).toEqual(data);
      }),
      { numRuns: 50 },
    );
  });

  it('may hold metadata, padding, unsorted data, scalars and a tensor called __proto__', async () => {
    const text =
      '{"__metadata__":{"a":"{\\"x\\":{\\"x\\":{"},"b":{"dtype":"F32","shape":[],"data_offsets":[4,8]},"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}   ';
    const source = bytesSource(file(text, floats(1, 2)));
    const { tensors } = await readSafetensorsHeader(source, FILE);
    expect([...tensors.keys()]).toEqual(['b', '__proto__']);
    expect([...(await readFloats(source, tensors.get('b')!))]).toEqual([2]);
  });

  it('is read from a view of a larger buffer as from its own', async () => {
    const bytes = Buffer.concat([Buffer.alloc(3), writeSafetensors([['a', { shape: [2], data: Float32Array.of(1.5, -2) }]])]).subarray(3);
    const { tensors } = await readSafetensorsHeader(bytesSource(bytes), FILE);
    expect([...(await readFloats(bytesSource(bytes), tensors.get('a')!))]).toEqual([1.5, -2]);
  });

  it.each([
    ['F16', [0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000], [1, -2, 2 ** -24, 65504, -0]],
    ['BF16', [0x3f80, 0xc000, 0x4049], [1, -2, 3.140625]],
  ])('widens %s exactly', async (dtype, bits, values) => {
    const source = bytesSource(file({ a: entry(0, 2 * bits.length, [bits.length], dtype) }, new Uint8Array(Uint16Array.from(bits).buffer)));
    const { tensors } = await readSafetensorsHeader(source, FILE);
    expect([...(await readFloats(source, tensors.get('a')!))]).toEqual(values);
  });

  it('reads I64 and F64 as float32', async () => {
    const data = new Uint8Array(16);
    new DataView(data.buffer).setBigInt64(0, -7n, true);
    new DataView(data.buffer).setFloat64(8, 0.1, true);
    const source = bytesSource(file({ a: entry(0, 8, [1], 'I64'), b: entry(8, 16, [], 'F64') }, data));
    const { tensors } = await readSafetensorsHeader(source, FILE);
    expect([...(await readFloats(source, tensors.get('a')!))]).toEqual([-7]);
    expect([...(await readFloats(source, tensors.get('b')!))]).toEqual([Math.fround(0.1)]);
  });
});

describe('A damaged safetensors file', () => {
  const two = floats(1, 2);
  it.each<[string, Uint8Array, RegExp]>([
    ['is empty', new Uint8Array(0), /0 bytes/],
    ['ends inside its header', file({ a: entry(0, 8) }, two).subarray(0, 30), /claims/],
    ['lacks the end of its data', file({ a: entry(0, 8) }, two.subarray(0, 5)), /“a” claims bytes 0 to 8/],
    ['claims a header of 2⁶³ bytes', file({ a: entry(0, 8) }, two, () => 1n << 63n), /header claims/],
    ['claims a header longer than itself', file({ a: entry(0, 8) }, two, () => 4000n), /4000 bytes/],
    ['claims a header that cuts its JSON', file({ a: entry(0, 8) }, two, (text) => BigInt(text.length - 3)), /not JSON/],
    ['has a header that is no JSON', file('hello', two), /not JSON/],
    [
      'has a header that is no text',
      (() => {
        const bytes = file({ a: entry(0, 8) }, two);
        bytes[9] = 0xff;
        return bytes;
      })(),
      /not text/,
    ],
    ['has an array for a header', file([], new Uint8Array(0)), /not an object/],
    ['nests its header 20,000 deep', file('['.repeat(20000) + ']'.repeat(20000), new Uint8Array(0)), /not an object|not JSON/],
    ['has tensors that overlap', file({ a: entry(0, 8), b: entry(4, 8) }, two), /“b” overlaps/],
    ['has a hole', file({ a: entry(0, 4), b: entry(8, 12) }, floats(1, 2, 3)), /4 bytes before “b”/],
    ['has bytes behind its tensors', file({ a: entry(0, 4) }, two), /4 bytes at its end/],
    ['has offsets behind its end', file({ a: entry(0, 4096) }, two), /“a” claims bytes 0 to 4096/],
    ['has offsets the wrong way round', file({ a: entry(8, 0, [2]) }, two), /“a” claims bytes 8 to 0/],
    ['has a negative offset', file({ a: entry(-4, 4, [2]) }, two), /“a” has no valid/],
    ['says F16 over float32 data', file({ a: entry(0, 8, [2], 'F16') }, two), /“a” has 8 bytes where F16 \[2\] needs 4/],
    ['has an unknown type', file({ a: entry(0, 8, [2], 'F13') }, two), /“a” is of the unknown type F13/],
    ['has a type named like a property of objects', file({ a: entry(0, 8, [2], 'constructor') }, two), /unknown type/],
    ['has a shape beyond all numbers', file({ a: entry(0, 8, [2 ** 32, 2 ** 32]) }, two), /“a” claims the shape/],
    ['has a negative shape', file({ a: entry(0, 8, [-2]) }, two), /“a” has no valid/],
    ['has a shape of halves', file({ a: entry(0, 8, [0.5]) }, two), /“a” has no valid/],
    [
      'has a name twice',
      file('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\\u0061":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', two),
      /“a” stands in its header twice/,
    ],
    ['has an entry that is no object', file({ a: 3 }, new Uint8Array(0)), /“a” has no valid/],
  ])('that %s is refused by name', async (_, bytes, sentence) => {
    expect((await errorOf(bytes)).message).toMatch(sentence);
  });

  it('that holds a string of twenty million characters is refused in a sentence, like any other', async () => {
    const long = (letter: string) => `{"__metadata__":{"a":"${letter.repeat(20_000_000 / letter.length)}"},"a":3}`;
    for (const letter of ['x', '\\\\']) expect((await errorOf(file(long(letter), new Uint8Array(0)))).message).toMatch(/“a” has no valid/);
  });

  it('never has more of it asked for than it has', async () => {
    const bytes = file({ a: entry(0, 8) }, two, () => 90_000_000n);
    const asked: number[] = [];
    const source: ByteSource = {
      size: bytes.length,
      async read(at, length) {
        asked.push(length);
        return bytes.subarray(at, at + length);
      },
    };
    await expect(readSafetensorsHeader(source, FILE)).rejects.toThrow(LabError);
    expect(asked).toEqual([8]);
  });

  it('never makes the reader fail in any way but a sentence, whichever byte is changed', async () => {
    const sound = writeSafetensors([
      ['a.weight', { shape: [2, 3], data: new Float32Array(6) }],
      ['b', { shape: [], data: new Float32Array(1) }],
    ]);
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 1), fc.nat(255), async (at, value) => {
        const bytes = sound.slice();
        bytes[at] = value;
        const result = await readSafetensorsHeader(bytesSource(bytes), FILE).catch((error: unknown) => error);
        expect(result instanceof LabError || (result as { file: string }).file === FILE).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('Values that are no numbers', () => {
  it('are found by the name of their tensor', async () => {
    const sound: [string, { shape: number[]; data: Float32Array }] = ['a', { shape: [2], data: Float32Array.of(1, 2) }];
    const look = async (data: Float32Array) => {
      const source = bytesSource(writeSafetensors([sound, ['b', { shape: [data.length], data }]]));
      return findNonFinite(source, await readSafetensorsHeader(source, FILE));
    };
    expect(await look(Float32Array.of(1, Number.NaN))).toBe('b');
    expect(await look(Float32Array.of(Number.NEGATIVE_INFINITY))).toBe('b');
    expect(await look(Float32Array.of(0))).toBeNull();
  });
});

const FORMATS = resolve(import.meta.dirname, '../../../shared/reference/formats');
const HEADER_FAULTS = /^st_(empty|truncated|header|overlapping|gap|offset|dtype_(mismatch|unknown)|shape_|duplicate)/;

describe.runIf(existsSync(FORMATS))('The reference folder’s hostile files', () => {
  const { files } = JSON.parse(existsSync(FORMATS) ? readFileSync(join(FORMATS, 'expect.json'), 'utf8') : '{"files":[]}') as {
    files: { path: string; kind: string; file: string }[];
  };
  const read = (path: string) => readSafetensorsHeader(bytesSource(readFileSync(join(FORMATS, path, FILE))), FILE);

  it.each(files.filter(({ path }) => HEADER_FAULTS.test(path)))('$path is refused', async ({ path }) => {
    await expect(read(path)).rejects.toMatchObject({ code: 'checkpoint-damaged' });
  });

  it.each(files.filter(({ path, file, kind }) => file === FILE && !HEADER_FAULTS.test(path) && kind !== 'reject'))(
    '$path is read',
    async ({ path }) => {
      expect((await read(path)).tensors.size).toBeGreaterThan(10);
    },
  );
});
