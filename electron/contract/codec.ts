/**
 * Messages as bytes, for the WebSocket: MessagePack with one extension type per kind of typed array.
 * Arrays come out as aligned copies, so that a Float32Array never shares (or keeps alive) the frame it arrived in.
 */
import { decode, ExtensionCodec, encode } from '@msgpack/msgpack';
import { MAX_IMAGE_FILE_BYTES } from '../../models/file-limits';

type ArrayKind = typeof Float32Array | typeof Uint32Array | typeof Uint8ClampedArray;

/** Extension numbers are part of the wire format: add, never change. Uint8Array is MessagePack's own `bin`. */
const ARRAY_KINDS: readonly (readonly [number, ArrayKind])[] = [
  [1, Float32Array],
  [2, Uint32Array],
  [3, Uint8ClampedArray],
];

/** What a window sends may be one decoded picture of the largest size and little more. */
export const MAX_FRAME_BYTES = 80 * 1024 * 1024;
/** What it gets may be a picture file as the system opened it; sizes are checked before memory is asked for. */
const MAX_ARRAY_BYTES = MAX_IMAGE_FILE_BYTES;

const codec = new ExtensionCodec();
for (const [type, kind] of ARRAY_KINDS) {
  codec.register({
    type,
    encode: (value) => (value instanceof kind ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null),
    decode: (data) => {
      if (data.byteLength % kind.BYTES_PER_ELEMENT !== 0) throw new RangeError(`${data.byteLength} bytes are no ${kind.name}`);
      const array = new kind(data.byteLength / kind.BYTES_PER_ELEMENT);
      new Uint8Array(array.buffer).set(data);
      return array;
    },
  });
}

export function encodeFrame(message: unknown): Uint8Array<ArrayBuffer> {
  return encode(message, { extensionCodec: codec, ignoreUndefined: true }) as Uint8Array<ArrayBuffer>;
}

/** Throws on bytes that are no message. */
export function decodeFrame(bytes: ArrayBuffer | Uint8Array): unknown {
  return decode(bytes, {
    extensionCodec: codec,
    maxBinLength: MAX_ARRAY_BYTES,
    maxExtLength: MAX_ARRAY_BYTES,
    maxStrLength: MAX_ARRAY_BYTES,
  });
}
