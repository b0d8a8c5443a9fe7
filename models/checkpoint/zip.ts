/**
 * The zip archives that torch.save writes, by ranges: the directory at the end, then where each entry's bytes lie. Entries
 * are stored, never packed: there is nothing to unpack, so that no archive can be larger inside than outside. Names are
 * compared, never used as paths. PKWARE's APPNOTE 4.3 to 4.5 (zip64). What is off is `checkpoint-damaged`.
 */
import type { ByteSource } from './byte-source';
import { damaged, notRead, short } from './checkpoint-errors';

export interface ZipEntry {
  readonly name: string;
  /** Bytes of its content, from the start of the file. */
  readonly offset: number;
  readonly size: number;
}

interface Listed {
  readonly name: string;
  readonly nameLength: number;
  readonly header: number;
  readonly size: number;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const LISTED = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
const LISTED_BYTES = 46;
const LOCAL_BYTES = 30;
/** A comment behind the directory may be as long as its two bytes of length say. */
const MAX_COMMENT = 0xffff;
const MAX_DIRECTORY = 64_000_000;
/** Headers read at a time. */
const AT_ONCE = 32;

export function looksLikeZip(start: Uint8Array): boolean {
  return start.length >= 4 && start[0] === 0x50 && start[1] === 0x4b && start[2] === 3 && start[3] === 4;
}

/** All entries by name. */
export async function readZip(source: ByteSource, file: string): Promise<Map<string, ZipEntry>> {
  const directory = await findDirectory(source, file);
  const listed = readDirectory(view(await source.read(directory.offset, directory.size)), directory, file);
  const entries = new Map<string, ZipEntry>();
  for (let i = 0; i < listed.length; i += AT_ONCE) {
    const part = listed.slice(i, i + AT_ONCE).map((entry) => locate(source, entry, directory.offset, file));
    for (const entry of await Promise.all(part)) {
      if (entries.has(entry.name)) throw damaged(file, `the entry “${short(entry.name)}” stands in its directory twice`);
      entries.set(entry.name, entry);
    }
  }
  checkApart(listed, entries, file);
  return entries;
}

interface Directory {
  readonly offset: number;
  readonly size: number;
  readonly count: number;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function findDirectory(source: ByteSource, file: string): Promise<Directory> {
  const length = Math.min(source.size, END_BYTES + MAX_COMMENT);
  const tail = view(await source.read(source.size - length, length));
  for (let at = length - END_BYTES; at >= 0; at -= 1) {
    if (tail.getUint32(at, true) !== END || tail.getUint16(at + 20, true) !== length - at - END_BYTES) continue;
    const end = source.size - length + at;
    const small = { count: tail.getUint16(at + 10, true), size: tail.getUint32(at + 12, true), offset: tail.getUint32(at + 16, true) };
    const is64 = small.count === 0xffff || small.size === 0xffffffff || small.offset === 0xffffffff;
    const found = is64 ? await readEnd64(source, end, file) : { ...small, before: end };
    return checkDirectory(found, file);
  }
  throw damaged(file, 'the directory at the end of its zip archive is missing');
}

/** The 64-bit form of the record; `before` is where the directory has to have ended. */
async function readEnd64(source: ByteSource, end: number, file: string): Promise<Directory & { readonly before: number }> {
  const place = end - LOCATOR_BYTES;
  const locator = place >= 0 ? view(await source.read(place, LOCATOR_BYTES)) : null;
  if (!locator || locator.getUint32(0, true) !== LOCATOR_64) throw damaged(file, 'its zip archive lacks its 64-bit directory record');
  const at = Number(locator.getBigUint64(8, true));
  if (at > place - 56) throw damaged(file, 'its 64-bit directory record lies beyond its end');
  const record = view(await source.read(at, 56));
  if (record.getUint32(0, true) !== END_64) throw damaged(file, 'its zip archive lacks its 64-bit directory record');
  return {
    count: Number(record.getBigUint64(32, true)),
    size: Number(record.getBigUint64(40, true)),
    offset: Number(record.getBigUint64(48, true)),
    before: at,
  };
}

function checkDirectory({ offset, size, count, before }: Directory & { readonly before: number }, file: string): Directory {
  if (offset + size > before) throw damaged(file, `its zip directory claims bytes ${offset} to ${offset + size}, beyond its end`);
  if (size > MAX_DIRECTORY) throw damaged(file, `its zip directory claims ${size} bytes`);
  if (count * LISTED_BYTES > size) throw damaged(file, `its zip directory claims ${count} entries in ${size} bytes`);
  return { offset, size, count };
}

function readDirectory(bytes: DataView, { count, size }: Directory, file: string): Listed[] {
  const listed: Listed[] = [];
  let at = 0;
  for (let i = 0; i < count; i += 1) {
    if (at + LISTED_BYTES > size || bytes.getUint32(at, true) !== LISTED) throw damaged(file, 'its zip directory ends in the middle');
    const lengths = {
      name: bytes.getUint16(at + 28, true),
      extra: bytes.getUint16(at + 30, true),
      comment: bytes.getUint16(at + 32, true),
    };
    const next = at + LISTED_BYTES + lengths.name + lengths.extra + lengths.comment;
    if (next > size) throw damaged(file, 'its zip directory ends in the middle');
    const name = readName(bytes, at + LISTED_BYTES, lengths.name, file);
    if (bytes.getUint16(at + 8, true) & 1) throw notRead(file, `holds the encrypted entry “${short(name)}”`);
    if (bytes.getUint16(at + 10, true) !== 0)
      throw notRead(file, `holds the packed entry “${short(name)}”; PyTorch stores entries as they are`);
    const wide = readWide(bytes, at, at + LISTED_BYTES + lengths.name, lengths.extra);
    if (!wide) throw damaged(file, `the sizes of “${short(name)}” are missing`);
    if (wide.packed !== wide.size) throw damaged(file, `“${short(name)}” has ${wide.packed} bytes and claims ${wide.size}`);
    listed.push({ name, nameLength: lengths.name, header: wide.header, size: wide.size });
    at = next;
  }
  return listed;
}

function readName(bytes: DataView, at: number, length: number, file: string): string {
  const name = new TextDecoder().decode(new Uint8Array(bytes.buffer, bytes.byteOffset + at, length));
  if (name === '' || /^\/|^[a-z]:|\\|\0|(^|\/)\.\.(\/|$)/i.test(name)) {
    throw damaged(file, `its zip archive holds the name “${short(name)}”, which leads out of it`);
  }
  return name;
}

/** Sizes and place of an entry; where 32 bits did not do, the extra field 1 has them, in this order. null where it lacks one. */
function readWide(bytes: DataView, at: number, extra: number, length: number) {
  const values = [bytes.getUint32(at + 24, true), bytes.getUint32(at + 20, true), bytes.getUint32(at + 42, true)];
  if (values.includes(0xffffffff)) {
    const field = findExtra(bytes, extra, length);
    if (!field) return null;
    let from = field.at;
    for (const [index, value] of values.entries()) {
      if (value !== 0xffffffff) continue;
      if (from + 8 > field.at + field.length) return null;
      values[index] = Number(bytes.getBigUint64(from, true));
      from += 8;
    }
  }
  return { size: values[0]!, packed: values[1]!, header: values[2]! };
}

function findExtra(bytes: DataView, start: number, length: number): { at: number; length: number } | null {
  for (let at = start; at + 4 <= start + length; ) {
    const size = bytes.getUint16(at + 2, true);
    if (at + 4 + size > start + length) return null;
    if (bytes.getUint16(at, true) === 1) return { at: at + 4, length: size };
    at += 4 + size;
  }
  return null;
}

/** Where the content of an entry begins: behind a header of its own, which has to have the same name. */
async function locate(source: ByteSource, { name, nameLength, header, size }: Listed, before: number, file: string): Promise<ZipEntry> {
  const beyond = () => damaged(file, `“${short(name)}” claims ${size} bytes beyond its end`);
  if (header + LOCAL_BYTES + nameLength > before) throw beyond();
  const local = view(await source.read(header, LOCAL_BYTES + nameLength));
  if (local.getUint32(0, true) !== LOCAL) throw damaged(file, `“${short(name)}” is not where its zip directory says`);
  const offset = header + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  if (offset + size > before) throw beyond();
  const own = new TextDecoder().decode(new Uint8Array(local.buffer, local.byteOffset + LOCAL_BYTES, nameLength));
  if (local.getUint16(26, true) !== nameLength || own !== name) {
    throw damaged(file, `“${short(name)}” calls itself “${short(own)}” where it lies`);
  }
  return { name, offset, size };
}

/** No two entries may share bytes: that is how small archives become large. */
function checkApart(listed: readonly Listed[], entries: ReadonlyMap<string, ZipEntry>, file: string): void {
  let end = 0;
  for (const { name, header } of [...listed].sort((a, b) => a.header - b.header)) {
    if (header < end) throw damaged(file, `“${short(name)}” overlaps the entry before it`);
    const entry = entries.get(name)!;
    end = entry.offset + entry.size;
  }
}
