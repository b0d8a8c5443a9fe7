/** Writes zip archives of stored entries for tests, in 32- or 64-bit form. */

export interface ZipOptions {
  /** Every size and place in 64 bits. */
  readonly wide?: boolean;
  /** Changes a field of an entry's record in the directory: method, flags, or the sizes it claims. */
  readonly claim?: (name: string) => {
    readonly method?: number;
    readonly flags?: number;
    readonly size?: number;
    readonly header?: number;
  };
}

export function zip(entries: Iterable<readonly [string, Uint8Array]>, { wide = false, claim = () => ({}) }: ZipOptions = {}): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const put = (list: Uint8Array[], bytes: Uint8Array) => {
    list.push(bytes);
    if (list === parts) at += bytes.length;
  };
  for (const [name, content] of entries) {
    const header = at;
    const text = new TextEncoder().encode(name);
    put(parts, local(text, content.length));
    put(parts, content);
    put(directory, listed(text, content.length, header, wide, claim(name)));
  }
  const start = at;
  for (const record of directory) put(parts, record);
  put(parts, end(directory.length, at - start, start, wide));
  return joined(parts);
}

function record(length: number, fields: readonly (readonly [at: number, bytes: 2 | 4 | 8, value: number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(length));
  for (const [at, bytes, value] of fields) {
    if (bytes === 2) view.setUint16(at, value, true);
    else if (bytes === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
  }
  return new Uint8Array(view.buffer);
}

function local(name: Uint8Array, size: number): Uint8Array {
  const fields = [
    [0, 4, 0x04034b50],
    [18, 4, size],
    [22, 4, size],
    [26, 2, name.length],
  ] as const;
  return joined([record(30, fields), name]);
}

function listed(
  name: Uint8Array,
  content: number,
  place: number,
  wide: boolean,
  claim: ReturnType<NonNullable<ZipOptions['claim']>>,
): Uint8Array {
  const { method = 0, flags = 0, size = content, header = place } = claim;
  const short = (value: number) => (wide ? 0xffffffff : value);
  const fields = [
    [0, 4, 0x02014b50],
    [8, 2, flags],
    [10, 2, method],
    [20, 4, short(content)],
    [24, 4, short(size)],
    [28, 2, name.length],
    [30, 2, wide ? 28 : 0],
    [42, 4, short(header)],
  ] as const;
  const extra = wide
    ? [
        record(28, [
          [0, 2, 1],
          [2, 2, 24],
          [4, 8, size],
          [12, 8, content],
          [20, 8, header],
        ]),
      ]
    : [];
  return joined([record(46, fields), name, ...extra]);
}

function end(count: number, size: number, start: number, wide: boolean): Uint8Array {
  const small = wide ? { count: 0xffff, size: 0xffffffff, start: 0xffffffff } : { count, size, start };
  const last = record(22, [
    [0, 4, 0x06054b50],
    [8, 2, small.count],
    [10, 2, small.count],
    [12, 4, small.size],
    [16, 4, small.start],
  ]);
  if (!wide) return last;
  const wideEnd = record(56, [
    [0, 4, 0x06064b50],
    [4, 8, 44],
    [24, 8, count],
    [32, 8, count],
    [40, 8, size],
    [48, 8, start],
  ]);
  return joined([
    wideEnd,
    record(20, [
      [0, 4, 0x07064b50],
      [8, 8, start + size],
      [16, 4, 1],
    ]),
    last,
  ]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
