/** Where bytes come from: a file on disk, a window's download, a buffer. Readers ask for ranges and never for more than they checked. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** Exactly `length` bytes from `offset`. */
  read(offset: number, length: number): Promise<Uint8Array>;
  /** Where onnxruntime may open the file by itself: a real folder and a bare file name, links resolved. */
  readonly location?: { readonly folder: string; readonly file: string };
}

/** The files of a folder that may hold weights, by bare name. What is not among them cannot be read, whatever a file names. */
export type WeightFiles = ReadonlyMap<string, ByteSource>;

/** A source over bytes in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}
