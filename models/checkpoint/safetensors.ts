/**
 * The safetensors format (huggingface/safetensors): eight bytes of header length, a JSON header, then the data. Read by
 * ranges; every size in the header is held against the file before memory is asked for. Anything off is `checkpoint-damaged`.
 */
import { z } from 'zod';
import { elementCount } from '../tensor';
import type { ByteSource } from './byte-source';
import { damaged } from './checkpoint-errors';
import { DTYPE_BYTES, type Dtype, type TensorEntry } from './tensor-entry';

export interface Safetensors {
  readonly file: string;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** The format's own limit. */
const MAX_HEADER_BYTES = 100_000_000;
const dimension = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(dimension).max(16),
  data_offsets: z.tuple([dimension, dimension]),
});

/** Names, types, shapes and places of all tensors of `file`, without reading any of their data. */
export async function readSafetensorsHeader(source: ByteSource, file: string): Promise<Safetensors> {
  if (source.size < 8) throw damaged(file, `it has ${source.size} bytes, fewer than the eight every safetensors file begins with`);
  const prefix = await source.read(0, 8);
  const length = Number(new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) throw damaged(file, `its header claims ${length} bytes`);
  if (length > source.size - 8)
    throw damaged(file, `its header claims ${length} bytes, the file holds ${source.size - 8} behind the length`);
  const text = decode(await source.read(8, length), file);
  const header = parse(text, file);
  const dataStart = 8 + length;
  const tensors = new Map<string, TensorEntry>();
  for (const [name, value] of Object.entries(header)) {
    if (name !== '__metadata__') tensors.set(name, readEntry(name, value, { file, dataStart, dataBytes: source.size - dataStart }));
  }
  checkCoverage([...tensors.values()], source.size, dataStart, file);
  return { file, tensors };
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw damaged(file, 'its header is not text');
  }
}

function parse(text: string, file: string): object {
  let header: unknown;
  let names: string[] = [];
  try {
    header = JSON.parse(text);
    names = topLevelNames(text);
  } catch {
    throw damaged(file, 'its header is not JSON');
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw damaged(file, 'its header is not an object');
  const seen = new Set<string>();
  for (const name of names) {
    // JSON lets the later one win in silence; a name that comes twice is a lie about one of the two.
    if (seen.has(name)) throw damaged(file, `the tensor “${name}” stands in its header twice`);
    seen.add(name);
  }
  return header;
}

/** Keys of the outermost object of sound JSON, repeated ones too. A walk: a pattern for strings overflows the stack on long ones. */
function topLevelNames(text: string): string[] {
  const names: string[] = [];
  const colon = /[ \t\n\r]*:/y;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    if (letter === '{' || letter === '[') depth += 1;
    else if (letter === '}' || letter === ']') depth -= 1;
    else if (letter === '"') {
      const start = at;
      for (at += 1; text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
      colon.lastIndex = at + 1;
      if (depth === 1 && colon.test(text)) names.push(JSON.parse(text.slice(start, at + 1)) as string);
    }
  }
  return names;
}

function readEntry(name: string, value: unknown, at: { file: string; dataStart: number; dataBytes: number }): TensorEntry {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) throw damaged(at.file, `the entry of “${name}” has no valid type, shape and place`);
  const { dtype, shape, data_offsets } = parsed.data;
  const [begin, end] = data_offsets;
  if (!Object.hasOwn(DTYPE_BYTES, dtype)) throw damaged(at.file, `“${name}” is of the unknown type ${dtype}`);
  const expected = elementCount(shape) * DTYPE_BYTES[dtype as Dtype];
  if (!Number.isSafeInteger(expected)) throw damaged(at.file, `“${name}” claims the shape [${shape.join(', ')}], more than any file holds`);
  if (begin > end || end > at.dataBytes) {
    throw damaged(at.file, `“${name}” claims bytes ${begin} to ${end}, the file holds ${at.dataBytes} of data`);
  }
  if (end - begin !== expected) {
    throw damaged(at.file, `“${name}” has ${end - begin} bytes where ${dtype} [${shape.join(', ')}] needs ${expected}`);
  }
  return { name, dtype: dtype as Dtype, shape, file: at.file, offset: at.dataStart + begin, length: end - begin };
}

/** Data without holes and without overlap, as the format demands. */
function checkCoverage(entries: TensorEntry[], size: number, dataStart: number, file: string): void {
  let at = dataStart;
  for (const entry of entries.sort((a, b) => a.offset - b.offset || a.length - b.length)) {
    if (entry.offset < at) throw damaged(file, `“${entry.name}” overlaps the tensor before it`);
    if (entry.offset > at) throw damaged(file, `${entry.offset - at} bytes before “${entry.name}” belong to no tensor`);
    at = entry.offset + entry.length;
  }
  if (at !== size) throw damaged(file, `${size - at} bytes at its end belong to no tensor`);
}

/** What stands before the values of float32 tensors in this order: a length (8 bytes), then JSON filled with spaces, so that every tensor is aligned. */
export function safetensorsHeader(tensors: Iterable<readonly [name: string, shape: readonly number[]]>): Uint8Array {
  // Without a prototype, or a tensor called __proto__ would vanish.
  const entries: Record<string, object> = Object.create(null);
  let at = 0;
  for (const [name, shape] of tensors) {
    const end = at + 4 * elementCount(shape);
    entries[name] = { dtype: 'F32', shape, data_offsets: [at, end] };
    at = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(entries));
  const header = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(header.length - 8), true);
  header.set(json, 8);
  return header;
}

/** The bytes of a safetensors file of float32 tensors, in the order given. */
export function writeSafetensors(
  tensors: Iterable<readonly [string, { readonly shape: readonly number[]; readonly data: Float32Array }]>,
): Uint8Array {
  const all = [...tensors];
  const parts = [safetensorsHeader(all.map(([name, { shape }]) => [name, shape]))];
  for (const [, { data }] of all) parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
