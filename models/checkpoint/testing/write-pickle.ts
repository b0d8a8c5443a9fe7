/** Writes pickles for tests, as Python's pickle module would: what is written here is read by `pickle.ts`. */

export interface Named {
  readonly global: string;
}

/** A call of a global; `state` is given to its result. */
export interface Called {
  readonly call: string;
  readonly args: readonly Pickled[];
  readonly state?: Pickled;
}

export interface Persistent {
  readonly persistent: Pickled;
}

/** Arrays are tuples; `{ list }` are lists. */
export type Pickled =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly Pickled[]
  | ReadonlyMap<string, Pickled>
  | { readonly list: readonly Pickled[] }
  | Named
  | Called
  | Persistent;

/** Protocol 2 to 5. */
export function pickle(value: Pickled, protocol = 4): Uint8Array {
  const out: number[] = [0x80, protocol];
  new Writer(out, protocol).write(value);
  out.push(0x2e);
  return Uint8Array.from(out);
}

class Writer {
  readonly #out: number[];
  readonly #protocol: number;
  readonly #memo = new Map<string, number>();

  constructor(out: number[], protocol: number) {
    this.#out = out;
    this.#protocol = protocol;
  }

  write(value: Pickled): void {
    const out = this.#out;
    if (value === null) out.push(0x4e);
    else if (typeof value === 'boolean') out.push(value ? 0x88 : 0x89);
    else if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'bigint') this.#long(value);
    else if (typeof value === 'string') this.#text(value);
    else if (value instanceof Uint8Array) this.#bytes(value);
    else if (value instanceof Map) this.#dict(value);
    else if (Array.isArray(value)) this.#tuple(value);
    else this.#object(value as Exclude<Pickled, null | readonly Pickled[] | ReadonlyMap<string, Pickled>>);
  }

  #number(value: number): void {
    if (value >= 0 && value < 256) this.#out.push(0x4b, value);
    else if (value >= 0 && value < 65536) this.#out.push(0x4d, value & 0xff, value >> 8);
    else if (value === (value | 0)) this.#out.push(0x4a, ...u32(value >>> 0));
    else this.#long(BigInt(value));
  }

  #long(value: bigint): void {
    const bytes: number[] = [];
    for (let left = value; left !== 0n && left !== -1n; left >>= 8n) bytes.push(Number(left & 0xffn));
    bytes.push(value < 0n ? 0xff : 0);
    this.#out.push(0x8a, bytes.length, ...bytes);
  }

  #text(value: string): void {
    const bytes = new TextEncoder().encode(value);
    if (this.#protocol >= 4 && bytes.length < 256) this.#out.push(0x8c, bytes.length);
    else this.#out.push(0x58, ...u32(bytes.length));
    for (const byte of bytes) this.#out.push(byte);
  }

  #bytes(value: Uint8Array): void {
    if (value.length < 256) this.#out.push(0x43, value.length);
    else this.#out.push(0x42, ...u32(value.length));
    for (const byte of value) this.#out.push(byte);
  }

  #tuple(items: readonly Pickled[]): void {
    if (items.length === 0) {
      this.#out.push(0x29);
      return;
    }
    const short = items.length < 4;
    if (!short) this.#out.push(0x28);
    for (const item of items) this.write(item);
    this.#out.push(short ? 0x84 + items.length : 0x74);
  }

  #dict(items: ReadonlyMap<string, Pickled>): void {
    this.#out.push(0x7d);
    this.#items(items);
  }

  #items(items: ReadonlyMap<string, Pickled>): void {
    this.#out.push(0x28);
    for (const [key, item] of items) {
      this.write(key);
      this.write(item);
    }
    this.#out.push(0x75);
  }

  #object(value: Pickled): void {
    const object = value as Named & Called & Persistent & { list: readonly Pickled[] };
    if (object.global !== undefined) this.#global(object.global);
    else if (object.list !== undefined) {
      this.#out.push(0x5d, 0x28);
      for (const item of object.list) this.write(item);
      this.#out.push(0x65);
    } else if (object.persistent !== undefined) {
      this.write(object.persistent);
      this.#out.push(0x51);
    } else {
      this.#global(object.call);
      this.#tuple(object.args);
      this.#out.push(0x52);
      if (object.state === undefined) return;
      if (object.state instanceof Map && object.call === 'collections.OrderedDict') this.#items(object.state);
      else {
        this.write(object.state);
        this.#out.push(0x62);
      }
    }
  }

  #global(name: string): void {
    const kept = this.#memo.get(name);
    if (kept !== undefined) {
      this.#out.push(0x68, kept);
      return;
    }
    const dot = name.lastIndexOf('.');
    if (this.#protocol >= 4) {
      this.#text(name.slice(0, dot));
      this.#text(name.slice(dot + 1));
      this.#out.push(0x93);
    } else {
      this.#out.push(0x63);
      for (const byte of new TextEncoder().encode(`${name.slice(0, dot)}\n${name.slice(dot + 1)}\n`)) this.#out.push(byte);
    }
    this.#out.push(0x71, this.#memo.size);
    this.#memo.set(name, this.#memo.size);
  }
}

function u32(value: number): number[] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}
