/** A file that is said to be text, as the UTF-8 bytes a model reads. What was left out or guessed is said in notes. */
import { LabError } from '../lab-error';
import { sequenceLength } from './text-cells';

export interface TextFile {
  /** UTF-8; bytes that are no UTF-8 stand as they are, line ends too. */
  readonly bytes: Uint8Array;
  /** Sentences for the person, one a fact. */
  readonly notes: readonly string[];
}

export interface TextFileRules {
  /** Larger files are refused. */
  readonly maxBytes: number;
  /** What the bytes are instead, by their signature ("a PDF document"); null where they may be text. */
  readonly kindOf?: (bytes: Uint8Array) => string | null;
}

/** Control characters that texts have: tab, line feed, form feed, carriage return, escape. */
const ORDINARY_CONTROLS = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);
/** More than this share of other control characters, or of bytes that are no UTF-8, and a file is no text. */
const MOST_CONTROLS = 0.1;
const MOST_INVALID = 0.3;
/** Below this many bytes a share of invalid ones says nothing. */
const FEW_BYTES = 64;
/** Enough to tell; the rest of a long file is not judged. */
const LOOKED_AT = 65_536;

/**
 * A byte order mark is dropped, UTF-16 (with a mark, or by zero bytes in every second place) becomes UTF-8, everything
 * else stays byte for byte. Throws `file-empty`, `file-too-large` and `text-binary`.
 */
export function decodeTextFile(bytes: Uint8Array, name: string, rules: TextFileRules): TextFile {
  if (bytes.length === 0) throw new LabError('file-empty', `${name} is empty (0 bytes).`, 'Choose a file with something in it.');
  checkTextSize(bytes.length, name, rules.maxBytes);
  const utf16 = asUtf16(bytes, name);
  if (utf16) return utf16;
  const kind = rules.kindOf?.(bytes) ?? null;
  if (kind) throw binary(`${name} is ${kind}, not text.`);
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const rest = marked ? bytes.subarray(3) : bytes;
  if (rest.length === 0) throw onlyMark(name);
  const why = whyBinary(rest);
  if (why) throw binary(`${name} is binary: it holds ${why}, not text.`);
  const notes: string[] = [];
  if (marked) notes.push('A byte order mark (3 bytes) was left out; offsets count from after it.');
  const invalid = countInvalid(rest);
  if (invalid === 1) notes.push('1 byte is no UTF-8 and was read as it stands.');
  if (invalid > 1) notes.push(`${invalid.toLocaleString('en')} bytes are no UTF-8 and were read as they stand.`);
  return { bytes: rest, notes };
}

/** Refuses a text by its size, before it is read. Throws `file-too-large`. */
export function checkTextSize(size: number, name: string, maxBytes: number): void {
  if (size <= maxBytes) return;
  throw new LabError(
    'file-too-large',
    `${name} is ${inMegabytes(size)}; a text may be at most ${inMegabytes(maxBytes)}.`,
    'Open a shorter text, or a part of this one.',
  );
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: bytes < 1e8 ? 1 : 0 })} MB`;
}

function binary(message: string): LabError {
  return new LabError('text-binary', message, 'Open a text file in UTF-8.');
}

function onlyMark(name: string): LabError {
  return new LabError('file-empty', `${name} has a byte order mark and nothing else.`, 'Choose a file with something in it.');
}

/** What a text does not hold, or null. */
function whyBinary(bytes: Uint8Array): string | null {
  const looked = Math.min(bytes.length, LOOKED_AT);
  let controls = 0;
  for (let at = 0; at < looked; at++) {
    const byte = bytes[at]!;
    if (byte === 0) return 'zero bytes';
    if ((byte < 0x20 && !ORDINARY_CONTROLS.has(byte)) || byte === 0x7f) controls += 1;
  }
  if (controls > looked * MOST_CONTROLS) return 'control characters';
  return looked > FEW_BYTES && countInvalid(bytes.subarray(0, looked)) > looked * MOST_INVALID ? 'bytes that are no UTF-8' : null;
}

function countInvalid(bytes: Uint8Array): number {
  let invalid = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length === 0) invalid += 1;
    at += length || 1;
  }
  return invalid;
}

function asUtf16(bytes: Uint8Array, name: string): TextFile | null {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  const encoding = mark ?? guessUtf16(bytes);
  if (!encoding) return null;
  // The decoder drops the mark, and turns half a character at the end and lone surrogates into U+FFFD.
  const text = new TextDecoder(encoding).decode(bytes);
  if (mark && text === '') throw onlyMark(name);
  const damaged = text.split('\uFFFD').length - 1;
  if (text.includes('\0') || text === '' || damaged > text.length * MOST_CONTROLS + 1) return null;
  const how = mark ? 'It is UTF-16 and was read as UTF-8' : 'It looks like UTF-16 without a mark and was read as UTF-8';
  const notes = [`${how}; offsets count bytes of that.`];
  if (damaged > 0)
    notes.push(`${damaged.toLocaleString('en')} damaged ${damaged === 1 ? 'character is' : 'characters are'} shown as \uFFFD.`);
  return { bytes: new TextEncoder().encode(text), notes };
}

function guessUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const looked = Math.min(bytes.length, LOOKED_AT) & ~1;
  if (looked < 8 || bytes.length % 2 !== 0) return null;
  const zeros = [0, 0];
  for (let at = 0; at < looked; at++) if (bytes[at] === 0) zeros[at % 2]! += 1;
  const most = (looked / 2) * 0.8;
  if (zeros[1]! >= most && zeros[0] === 0) return 'utf-16le';
  return zeros[0]! >= most && zeros[1] === 0 ? 'utf-16be' : null;
}
