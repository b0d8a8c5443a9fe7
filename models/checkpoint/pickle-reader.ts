/** Bytes of a pickle in order, through a window that moves along its file: what is skipped is not read. */
import type { ByteSource } from './byte-source';
import { damaged } from './checkpoint-errors';

const WINDOW = 64 * 1024;

export class PickleReader {
  readonly #source: ByteSource;
  readonly #file: string;
  readonly #end: number;
  #window: Uint8Array = new Uint8Array(0);
  #view = new DataView(this.#window.buffer);
  /** Where the window begins, and where in it the next byte is. */
  #start: number;
  #at = 0;

  /** Reads bytes `start` to `end` of `source`. */
  constructor(source: ByteSource, file: string, start: number, end: number) {
    this.#source = source;
    this.#file = file;
    this.#start = start;
    this.#end = end;
  }

  /** Byte of the file that comes next. */
  get position(): number {
    return this.#start + this.#at;
  }

  /** Whether that many bytes are in the window; else `load` them. */
  has(count: number): boolean {
    return this.#at + count <= this.#window.length;
  }

  /** Moves the window so that it holds the next `count` bytes. Rejects with `checkpoint-damaged` where the file has fewer. */
  async load(count: number): Promise<void> {
    const left = this.#end - this.position;
    if (count > left) throw damaged(this.#file, 'its pickle ends in the middle');
    this.#start = this.position;
    this.#at = 0;
    this.#window = await this.#source.read(this.#start, Math.min(left, Math.max(count, WINDOW)));
    this.#view = new DataView(this.#window.buffer, this.#window.byteOffset, this.#window.byteLength);
  }

  /** Goes past `count` bytes, and gives where they begin. Throws `checkpoint-damaged` where the file has fewer. */
  skip(count: number): number {
    const from = this.position;
    if (count > this.#end - from) throw damaged(this.#file, 'its pickle ends in the middle');
    if (this.has(count)) this.#at += count;
    else {
      this.#start = from + count;
      this.#at = 0;
      this.#window = new Uint8Array(0);
    }
    return from;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  /** Rounded above 2^53: larger than any file, so that it is refused as it should be. */
  u64(): number {
    return Number(this.#view.getBigUint64(this.#advance(8), true));
  }

  f64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  bytes(count: number): Uint8Array {
    const from = this.#advance(count);
    return this.#window.subarray(from, from + count);
  }

  /** Bytes up to the next line end, which is gone past; null where none is among the next `most` loaded. */
  line(most: number): Uint8Array | null {
    const end = this.#window.subarray(this.#at, this.#at + most).indexOf(0x0a);
    if (end < 0) return null;
    const bytes = this.bytes(end);
    this.#at += 1;
    return bytes;
  }

  /** Bytes of the pickle that are left. */
  get left(): number {
    return this.#end - this.position;
  }

  #advance(count: number): number {
    const from = this.#at;
    this.#at += count;
    return from;
  }
}
