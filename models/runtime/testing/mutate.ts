/** Seeded damage: the same file, hurt the same way on every machine. */

/** mulberry32, as whole numbers below `n`. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * n);
  }

  one<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** Sizes that readers stumble over: nothing, all, one more, and the edges of what a field or a number holds. */
function sizes(length: number): bigint[] {
  const at = BigInt(length);
  return [0n, 1n, at - 1n, at, at + 1n, 0xffn, 0xffffn, 0x7fffffffn, 0xffffffffn, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
}

type Change = (bytes: Uint8Array, chance: Chance, at: number) => Uint8Array;

function replaced(bytes: Uint8Array, at: number, gone: number, put: Uint8Array): Uint8Array {
  const rest = bytes.subarray(at + gone);
  const out = new Uint8Array(at + put.length + rest.length);
  out.set(bytes.subarray(0, at));
  out.set(put, at);
  out.set(rest, at + put.length);
  return out;
}

const CHANGES: readonly Change[] = [
  (bytes, chance, at) => replaced(bytes, at, 1, Uint8Array.of(bytes[at]! ^ (1 << chance.below(8)))),
  (bytes, chance, at) => replaced(bytes, at, 1, Uint8Array.of(chance.one([0, 1, 0x7f, 0x80, 0xff, chance.below(256)]))),
  (bytes, chance, at) => {
    const number = new Uint8Array(8);
    new DataView(number.buffer).setBigUint64(0, BigInt.asUintN(64, chance.one(sizes(bytes.length))), true);
    const width = chance.one([2, 4, 8]);
    return replaced(bytes, at, width, number.subarray(0, width));
  },
  (bytes, chance, at) => replaced(bytes, at, 1 + chance.below(40), new Uint8Array(0)),
  (bytes, chance, at) =>
    replaced(
      bytes,
      at,
      0,
      Uint8Array.from({ length: 1 + chance.below(20) }, () => chance.below(256)),
    ),
  (bytes, chance, at) => replaced(bytes, at, 0, bytes.subarray(at, at + 1 + chance.below(200))),
  (bytes, chance, at) => {
    const from = chance.below(bytes.length);
    return replaced(bytes, at, 0, bytes.subarray(from, from + 1 + chance.below(200)));
  },
  (bytes, _, at) => bytes.slice(0, at),
];

/** `bytes` with one to six changes, most of them between `from` and `to`; `more` are changes of a kind of file's own. */
export function damage(bytes: Uint8Array, chance: Chance, [from, to]: readonly [number, number], more: readonly Change[] = []): Uint8Array {
  let out = bytes;
  for (let left = chance.below(2) === 0 ? 1 : 1 + chance.below(6); left > 0; left -= 1) {
    if (out.length === 0) return out;
    const inside = chance.below(10) > 0;
    const at = Math.min(out.length - 1, inside ? from + chance.below(Math.max(1, to - from)) : chance.below(out.length));
    out = chance.one(more.length > 0 && chance.below(2) === 0 ? more : CHANGES)(out, chance, at);
  }
  return out;
}

/** An instruction of pickles at `at`: any opcode with any argument, or a call of something that must not be called. */
export function pickleInstruction(bytes: Uint8Array, chance: Chance, at: number): Uint8Array {
  const text = (words: string) => [...new TextEncoder().encode(words)];
  const instruction = chance.one([
    () => [chance.one(OPCODES)],
    () => [chance.one(OPCODES), chance.below(256)],
    () => [chance.one(OPCODES), chance.below(256), chance.below(256), 0, 0],
    () => [
      0x63,
      ...text(chance.one(['os\nsystem\n', 'builtins\neval\n', 'torch._utils\n_rebuild_tensor_v2\n', 'collections\nOrderedDict\n'])),
    ],
    () => [0x8c, 2, ...text('os'), 0x8c, 6, ...text('system'), 0x93],
    () => [0x29, 0x52],
    () => [0x5d, 0x71, 0, 0x68, 0, 0x61],
  ])();
  return replaced(bytes, at, chance.below(4), Uint8Array.from(instruction));
}

/** Protocols 0 to 5, of which the reader knows a part. */
const OPCODES = [...codes('()]}.012abcdeghijlopqrstuBCFGIJKLMNPQRSTUVX'), ...Array.from({ length: 25 }, (_, i) => 0x80 + i)];

function codes(letters: string): number[] {
  return Array.from(letters, (letter) => letter.charCodeAt(0));
}

const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  0.5,
  1,
  7,
  1e9,
  2 ** 31,
  2 ** 53,
  1e308,
  '',
  'x'.repeat(500),
  '__proto__',
  [],
  {},
  [[[]]],
  { a: { b: {} } },
  Array.from({ length: 300 }, (_, i) => i),
];

/** JSON with one to four values replaced, dropped or put in; now and then its text is damaged as well. */
export function damageJson(text: string, chance: Chance): string {
  const json = JSON.parse(text) as Record<string, unknown>;
  for (let left = chance.below(2) === 0 ? 1 : 1 + chance.below(4); left > 0; left -= 1) {
    const key = chance.one([...Object.keys(json), '__proto__', 'constructor', 'dtype']);
    if (chance.below(5) === 0) delete json[key];
    else Object.defineProperty(json, key, { value: chance.one(VALUES), enumerable: true, configurable: true, writable: true });
  }
  const changed = JSON.stringify(json);
  if (chance.below(4) > 0) return changed;
  const bytes = new TextEncoder().encode(changed);
  return new TextDecoder().decode(damage(bytes, chance, [0, bytes.length]));
}
