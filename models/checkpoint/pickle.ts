/**
 * Python's pickles as the data they spell out, protocols 2 to 5 (Lib/pickle.py, pickletools.py). A pickle is a program for a
 * small machine; this one makes numbers, texts, tuples, lists and dictionaries by itself, and everything else only through a
 * list of names that its caller allows, each with a function written here. Nothing of Python exists that could be run.
 * Bytes are not read: they become places in the file.
 */
import type { ByteSource } from './byte-source';
import { damaged, notRead, short, unsafe } from './checkpoint-errors';
import { PickleReader } from './pickle-reader';

/** Bytes that a pickle holds, by their place in the file. */
export class PickleBytes {
  readonly offset: number;
  readonly length: number;

  constructor(offset: number, length: number) {
    this.offset = offset;
    this.length = length;
  }
}

export class PickleList {
  readonly items: unknown[] = [];
}

/** Keys are texts and numbers only. */
export type PickleDict = Map<unknown, unknown>;

/** A name that may stand in a pickle: `module.name`, and what calling it makes of its arguments (throws `LabError`s). */
export class PickleGlobal {
  readonly name: string;
  readonly call: ((args: readonly unknown[]) => unknown) | undefined;

  constructor(name: string, call?: (args: readonly unknown[]) => unknown) {
    this.name = name;
    this.call = call;
  }
}

/** What a pickle may ask for beside plain data. Tuples are arrays. */
export interface PickleRules {
  /** By `module.name`. */
  readonly globals: ReadonlyMap<string, PickleGlobal>;
  /** Gives `target`, which one of the globals made, its state. */
  build(target: unknown, state: unknown): void;
  /** What a persistent id stands for. */
  persistent?(id: unknown): unknown;
}

/**
 * The official models need some 60,000. A container counts for several, because it costs more memory than its one byte: so no
 * pickle takes more than some 80 MB.
 */
const MAX_STEPS = 1_000_000;
const CONTAINER_STEPS = 10;
/** Names of modules and parameters. */
const MAX_TEXT = 64 * 1024;
const MAX_LINE = 512;

/** Bytes of argument behind an opcode. */
const ARGUMENTS: Readonly<Record<number, number>> = {
  128: 1, // PROTO
  149: 8, // FRAME
  74: 4, // BININT
  75: 1, // BININT1
  77: 2, // BININT2
  138: 1, // LONG1
  71: 8, // BINFLOAT
  88: 4, // BINUNICODE
  140: 1, // SHORT_BINUNICODE
  141: 8, // BINUNICODE8
  84: 4, // BINSTRING
  85: 1, // SHORT_BINSTRING
  66: 4, // BINBYTES
  67: 1, // SHORT_BINBYTES
  142: 8, // BINBYTES8
  150: 8, // BYTEARRAY8
  104: 1, // BINGET
  106: 4, // LONG_BINGET
  113: 1, // BINPUT
  114: 4, // LONG_BINPUT
};

export interface Unpickled {
  readonly value: unknown;
  /** Byte of the file behind the pickle. */
  readonly end: number;
}

/** What the pickle between bytes `start` and `end` of a file spells out. Rejects with `checkpoint-damaged`, `checkpoint-unsafe` or `format-unsupported`. */
export async function unpickle(source: ByteSource, file: string, rules: PickleRules, start = 0, end = source.size): Promise<Unpickled> {
  const machine = new Machine(new PickleReader(source, file, start, end), file, rules);
  return { value: await machine.run(), end: machine.position };
}

class Machine {
  readonly #reader: PickleReader;
  readonly #file: string;
  readonly #rules: PickleRules;
  #stack: unknown[] = [];
  readonly #marks: unknown[][] = [];
  readonly #memo = new Map<number, unknown>();
  #steps = 0;

  constructor(reader: PickleReader, file: string, rules: PickleRules) {
    this.#reader = reader;
    this.#file = file;
    this.#rules = rules;
  }

  get position(): number {
    return this.#reader.position;
  }

  async run(): Promise<unknown> {
    const reader = this.#reader;
    await this.#need(2);
    if (reader.bytes(1)[0] !== 0x80) throw notRead(this.#file, 'is no pickle of protocol 2 to 5');
    const protocol = reader.u8();
    if (protocol < 2 || protocol > 5) throw notRead(this.#file, `is a pickle of protocol ${protocol}; 2 to 5 are read`);
    for (;;) {
      this.#step(1);
      await this.#need(1);
      const opcode = reader.u8();
      const width = ARGUMENTS[opcode];
      if (width !== undefined) await this.#need(width);
      if (opcode === 0x2e) return this.#pop();
      const text = this.#textLength(opcode);
      if (text !== null) await this.#text(text.length, text.encoding);
      else if (opcode === 0x63) await this.#globalLines();
      else if (opcode === 0x8a) await this.#long();
      else this.#execute(opcode);
    }
  }

  async #need(count: number): Promise<void> {
    if (!this.#reader.has(count)) await this.#reader.load(count);
  }

  #step(count: number): void {
    this.#steps += count;
    if (this.#steps > MAX_STEPS) throw notRead(this.#file, 'is a pickle of more steps than any list of tensors takes');
  }

  #textLength(opcode: number): { length: number; encoding: 'utf-8' | 'latin1' } | null {
    const reader = this.#reader;
    switch (opcode) {
      case 0x58:
        return { length: reader.u32(), encoding: 'utf-8' };
      case 0x8c:
        return { length: reader.u8(), encoding: 'utf-8' };
      case 0x8d:
        return { length: reader.u64(), encoding: 'utf-8' };
      case 0x54:
        return { length: reader.u32(), encoding: 'latin1' };
      case 0x55:
        return { length: reader.u8(), encoding: 'latin1' };
      default:
        return null;
    }
  }

  async #text(length: number, encoding: 'utf-8' | 'latin1'): Promise<void> {
    if (length > this.#reader.left) throw damaged(this.#file, 'its pickle ends in the middle');
    if (length > MAX_TEXT) throw notRead(this.#file, `holds a text of ${length} bytes, which no name has`);
    await this.#need(length);
    this.#stack.push(this.#decode(this.#reader.bytes(length), encoding));
  }

  #decode(bytes: Uint8Array, encoding: 'utf-8' | 'latin1'): string {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      throw damaged(this.#file, 'a text of its pickle is not UTF-8');
    }
  }

  async #globalLines(): Promise<void> {
    const lines: string[] = [];
    while (lines.length < 2) {
      const most = Math.min(MAX_LINE, this.#reader.left);
      await this.#need(most);
      const line = this.#reader.line(most);
      if (!line) throw damaged(this.#file, 'a name in its pickle has no end');
      lines.push(this.#decode(line, 'utf-8'));
    }
    this.#stack.push(this.#global(lines[0]!, lines[1]!));
  }

  #global(module: unknown, name: unknown): PickleGlobal {
    if (typeof module !== 'string' || typeof name !== 'string') throw damaged(this.#file, 'a name in its pickle is no text');
    const allowed = this.#rules.globals.get(`${module}.${name}`);
    if (allowed) return allowed;
    throw unsafe(this.#file, `asks for “${short(`${module}.${name}`)}”, which is no part of a list of tensors`);
  }

  /** Little-endian two's complement. */
  async #long(): Promise<void> {
    const length = this.#reader.u8();
    await this.#need(length);
    let value = 0n;
    for (const byte of this.#reader.bytes(length).slice().reverse()) value = (value << 8n) | BigInt(byte);
    value = BigInt.asIntN(8 * length, value);
    const small = Number(value);
    this.#stack.push(Number.isSafeInteger(small) ? small : value);
  }

  #execute(opcode: number): void {
    const reader = this.#reader;
    const stack = this.#stack;
    switch (opcode) {
      case 0x80: // PROTO
        reader.u8();
        return;
      case 0x95: // FRAME
        if (reader.u64() > reader.left) throw damaged(this.#file, 'a part of its pickle is longer than the file');
        return;
      case 0x4e: // NONE
        stack.push(null);
        return;
      case 0x88: // NEWTRUE
        stack.push(true);
        return;
      case 0x89: // NEWFALSE
        stack.push(false);
        return;
      case 0x4a: // BININT
        stack.push(reader.i32());
        return;
      case 0x4b: // BININT1
        stack.push(reader.u8());
        return;
      case 0x4d: // BININT2
        stack.push(reader.u16());
        return;
      case 0x47: // BINFLOAT
        stack.push(reader.f64BigEndian());
        return;
      case 0x42: // BINBYTES
        this.#bytes(reader.u32());
        return;
      case 0x43: // SHORT_BINBYTES
        this.#bytes(reader.u8());
        return;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        this.#bytes(reader.u64());
        return;
      case 0x28: // MARK
        this.#step(CONTAINER_STEPS);
        this.#marks.push(stack);
        this.#stack = [];
        return;
      case 0x30: // POP
        this.#pop();
        return;
      case 0x31: // POP_MARK
        this.#popMark();
        return;
      case 0x32: // DUP
        stack.push(this.#top());
        return;
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        return;
      case 0x74: // TUPLE
        this.#push(this.#popMark());
        return;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        stack.push(this.#popMany(opcode - 0x84));
        return;
      case 0x5d: // EMPTY_LIST
        this.#step(CONTAINER_STEPS);
        stack.push(new PickleList());
        return;
      case 0x61: // APPEND
        this.#append([this.#pop()]);
        return;
      case 0x65: // APPENDS
        this.#append(this.#popMark());
        return;
      case 0x7d: // EMPTY_DICT
        this.#step(CONTAINER_STEPS);
        stack.push(new Map());
        return;
      case 0x73: // SETITEM
        this.#setItems(this.#popMany(2));
        return;
      case 0x75: // SETITEMS
        this.#setItems(this.#popMark());
        return;
      case 0x68: // BINGET
        stack.push(this.#recall(reader.u8()));
        return;
      case 0x6a: // LONG_BINGET
        stack.push(this.#recall(reader.u32()));
        return;
      case 0x71: // BINPUT
        this.#memo.set(reader.u8(), this.#top());
        return;
      case 0x72: // LONG_BINPUT
        this.#memo.set(reader.u32(), this.#top());
        return;
      case 0x94: // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        return;
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#popMany(2);
        this.#push(this.#global(module, name));
        return;
      }
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ
        this.#call();
        return;
      case 0x62: {
        // BUILD
        const state = this.#pop();
        this.#rules.build(this.#top(), state);
        return;
      }
      case 0x51: // BINPERSID
        if (!this.#rules.persistent) throw unsafe(this.#file, 'refers to something outside of it');
        this.#push(this.#rules.persistent(this.#pop()));
        return;
      default:
        throw unsafe(this.#file, `holds the pickle instruction 0x${opcode.toString(16).padStart(2, '0')}, which no list of tensors needs`);
    }
  }

  #bytes(length: number): void {
    this.#push(new PickleBytes(this.#reader.skip(length), length));
  }

  #call(): void {
    this.#step(CONTAINER_STEPS);
    const [callee, args] = this.#popMany(2);
    if (!(callee instanceof PickleGlobal) || !callee.call) {
      const what = callee instanceof PickleGlobal ? `“${callee.name}”` : 'what is no name';
      throw unsafe(this.#file, `calls ${what}, which no list of tensors does`);
    }
    if (!Array.isArray(args)) throw damaged(this.#file, `“${callee.name}” is called without a tuple of arguments`);
    this.#push(callee.call(args));
  }

  #append(items: readonly unknown[]): void {
    const list = this.#top();
    if (!(list instanceof PickleList)) throw damaged(this.#file, 'its pickle appends to what is no list');
    for (const item of items) list.items.push(item);
  }

  #setItems(items: readonly unknown[]): void {
    const dict = this.#top();
    if (!(dict instanceof Map) || items.length % 2 !== 0) throw damaged(this.#file, 'its pickle sets items of what is no dictionary');
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i];
      if (typeof key !== 'string' && typeof key !== 'number') throw damaged(this.#file, 'a key in its pickle is neither text nor number');
      dict.set(key, items[i + 1]);
    }
  }

  #recall(index: number): unknown {
    if (!this.#memo.has(index)) throw damaged(this.#file, `its pickle recalls what it never kept (${index})`);
    return this.#memo.get(index);
  }

  #push(value: unknown): void {
    this.#stack.push(value);
  }

  #top(): unknown {
    if (this.#stack.length === 0) throw damaged(this.#file, 'its pickle takes from an empty stack');
    return this.#stack.at(-1);
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw damaged(this.#file, 'its pickle takes from an empty stack');
    return this.#stack.pop();
  }

  #popMany(count: number): unknown[] {
    if (this.#stack.length < count) throw damaged(this.#file, 'its pickle takes from an empty stack');
    return this.#stack.splice(-count, count);
  }

  /** What was put since the last mark. */
  #popMark(): unknown[] {
    const before = this.#marks.pop();
    if (!before) throw damaged(this.#file, 'its pickle goes back to a mark it never set');
    const items = this.#stack;
    this.#stack = before;
    return items;
  }
}
