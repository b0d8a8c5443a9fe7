/** Text files to UTF-8 bytes as the model reads them: what was dropped, decoded or guessed is said in notes. */
import { LabError } from '../../models/lab-error';
import { sequenceLength } from '../../models/modality/text-cells';
import { sniff, withArticle } from './sniff';

export interface DecodedText {
  readonly bytes: Uint8Array;
  readonly notes: readonly string[];
}

export const MAX_TEXT_FILE_BYTES = 64_000_000;

/** Control characters that texts have: tab, line feed, form feed, carriage return, escape. */
const ORDINARY_CONTROLS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);
/** More than this share of other control characters, or of bytes that are no UTF-8, and a file is no text. */
const MOST_CONTROLS = 0.1;
const MOST_INVALID = 0.3;
/** Enough to tell; the rest of a long file is not looked at. */
const LOOKED_AT = 65_536;

export function decodeText(bytes: Uint8Array, shown: string): DecodedText {
  const utf16 = asUtf16(bytes);
  if (utf16) return utf16;
  const kind = sniff(bytes);
  // An SVG drawing is text as well.
  if (kind && kind.name !== 'SVG drawing') throw binary(`${shown} is ${withArticle(kind)}, not text.`);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    const rest = bytes.subarray(3);
    if (rest.length === 0)
      throw new LabError('file-empty', `${shown} has a byte order mark and nothing else.`, 'Choose a file with something in it.');
    const { notes } = decodeText(rest, shown);
    return { bytes: rest, notes: ['A byte order mark (3 bytes) was left out; offsets count from after it.', ...notes] };
  }
  const { controls, nuls, invalid, looked } = count(bytes);
  if (nuls > 0 || controls > looked * MOST_CONTROLS || (invalid > looked * MOST_INVALID && looked > 64)) {
    throw binary(
      `${shown} is binary: it holds ${nuls > 0 ? 'zero bytes' : controls > looked * MOST_CONTROLS ? 'control characters' : 'bytes that are no UTF-8'}, not text.`,
    );
  }
  if (invalid === 0) return { bytes, notes: [] };
  const said =
    invalid === 1
      ? '1 byte is no UTF-8 and was read as it stands.'
      : `${invalid.toLocaleString('en')} bytes are no UTF-8 and were read as they stand.`;
  return { bytes, notes: [said] };
}

function binary(message: string): LabError {
  return new LabError('text-binary', message, 'Open a text file in UTF-8.');
}

function count(bytes: Uint8Array): { controls: number; nuls: number; invalid: number; looked: number } {
  const looked = Math.min(bytes.length, LOOKED_AT);
  let [controls, nuls, invalid] = [0, 0, 0];
  for (let at = 0; at < looked; ) {
    const byte = bytes[at]!;
    if (byte === 0) nuls += 1;
    if ((byte < 0x20 && !ORDINARY_CONTROLS.has(byte)) || byte === 0x7f) controls += 1;
    const length = sequenceLength(bytes, at);
    if (length === 0) invalid += 1;
    at += Math.max(1, length);
  }
  return { controls, nuls, invalid, looked };
}

/** UTF-16 by its mark, or by zero bytes in every second place. */
function asUtf16(bytes: Uint8Array): DecodedText | null {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  const encoding = mark ?? guessUtf16(bytes);
  if (!encoding || bytes.length % 2 !== 0) return null;
  const text = new TextDecoder(encoding).decode(bytes);
  if (text.includes('\uFFFD') || text.includes('\0') || text === '') return null;
  const how = mark ? 'It is UTF-16 and was read as UTF-8' : 'It looks like UTF-16 without a mark and was read as UTF-8';
  return { bytes: new TextEncoder().encode(text), notes: [`${how}; offsets count bytes of that.`] };
}

function guessUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const looked = Math.min(bytes.length, LOOKED_AT) & ~1;
  if (looked < 8) return null;
  const zeros = [0, 0];
  for (let at = 0; at < looked; at++) if (bytes[at] === 0) zeros[at % 2]! += 1;
  const most = (looked / 2) * 0.8;
  if (zeros[1]! >= most && zeros[0] === 0) return 'utf-16le';
  return zeros[0]! >= most && zeros[1] === 0 ? 'utf-16be' : null;
}
