/** Text: UTF-8 bytes become [CLS] bytes [SEP], logits become the most probable byte values at every position. */
import { LabError } from '../lab-error';
import type { ByteSpan, RunOutput, ShownInput } from '../runtime/types';
import { softmax } from './softmax';
import { BYTE_OFFSET, BYTE_VALUES, CLS, MASK, SEP, VOCABULARY } from './tokenizer';

export interface PreparedText {
  /** [bytes + 2]: [CLS], a byte each (masked ones are [MASK]), [SEP]. Not padded. */
  readonly ids: Int32Array;
  readonly shown: Extract<ShownInput, { kind: 'text' }>;
}

/** [CLS] and [SEP] take two of a model's positions. */
export const SPECIAL_POSITIONS = 2;

/**
 * PerceiverTokenizer's ids of one text without padding. Whatever `bytes` spell, they are bytes and never a special
 * token. Throws `input-too-long` (more than maxPositions − 2 bytes) and `input-invalid` (a mask outside the text, or a
 * byte that a model with a smaller `vocabulary` has no embedding for).
 */
export function preprocessText(
  bytes: Uint8Array,
  masks: readonly ByteSpan[],
  maxPositions: number,
  vocabulary: number = VOCABULARY,
): PreparedText {
  const limit = maxPositions - SPECIAL_POSITIONS;
  if (bytes.length > limit) {
    throw new LabError(
      'input-too-long',
      `The text has ${bytes.length.toLocaleString('en')} bytes; this model reads ${limit.toLocaleString('en')} at once.`,
      'Shorten the text, read its first part only, or slide over it.',
    );
  }
  const unknown = bytes.findIndex((byte) => byte + BYTE_OFFSET >= vocabulary);
  if (unknown >= 0) {
    throw new LabError(
      'input-invalid',
      `Byte ${unknown} of the text has the value ${bytes[unknown]}; this model only knows values below ${vocabulary - BYTE_OFFSET}.`,
      'Use plain characters, or a model with all 262 tokens.',
    );
  }
  const ids = new Int32Array(bytes.length + SPECIAL_POSITIONS);
  ids[0] = CLS;
  for (let i = 0; i < bytes.length; i++) ids[i + 1] = bytes[i]! + BYTE_OFFSET;
  for (const position of maskedPositions(masks, bytes.length)) ids[position + 1] = MASK;
  ids[bytes.length + 1] = SEP;
  return { ids, shown: { kind: 'text', byteCount: bytes.length } };
}

/** Offsets of all masked bytes, ascending, each once however the spans overlap. Throws `input-invalid`. */
export function maskedPositions(masks: readonly ByteSpan[], byteCount: number): number[] {
  const masked = new Uint8Array(byteCount);
  for (const { start, end } of masks) {
    if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end <= start || end > byteCount) {
      throw new LabError(
        'input-invalid',
        `The mask ${start}:${end} does not lie in a text of ${byteCount} bytes.`,
        'A mask is START:END in bytes from 0, END not included.',
      );
    }
    masked.fill(1, start, end);
  }
  return Array.from(masked.keys()).filter((position) => masked[position] === 1);
}

/**
 * Logits [bytes, vocabulary], row i for byte i of the input, to the most probable byte values. Special tokens are never
 * among them but do count in the softmax. `topK` is cut to the byte values the vocabulary has.
 */
export function readBytes(
  logits: Float32Array,
  vocabulary: number,
  bytes: Uint8Array,
  masks: readonly ByteSpan[],
  topK: number,
): Extract<RunOutput, { kind: 'bytes' }> {
  if (logits.length !== bytes.length * vocabulary) throw new RangeError(`${logits.length} logits are not ${bytes.length} × ${vocabulary}`);
  const values = Math.min(BYTE_VALUES, vocabulary - BYTE_OFFSET);
  const kept = Math.max(1, Math.min(topK, values));
  const topBytes = new Uint8Array(bytes.length * kept);
  const topProbabilities = new Float32Array(bytes.length * kept);
  const inputProbabilities = new Float32Array(bytes.length);
  const probabilities = new Float64Array(vocabulary);
  for (let position = 0; position < bytes.length; position++) {
    softmax(logits.subarray(position * vocabulary, (position + 1) * vocabulary), probabilities);
    const ofBytes = probabilities.subarray(BYTE_OFFSET, BYTE_OFFSET + values);
    highest(ofBytes, kept).forEach((value, rank) => {
      topBytes[position * kept + rank] = value;
      topProbabilities[position * kept + rank] = ofBytes[value]!;
    });
    inputProbabilities[position] = ofBytes[bytes[position]!] ?? 0;
  }
  const masked = maskedPositions(masks, bytes.length);
  const filled = bytes.slice();
  for (const position of masked) filled[position] = topBytes[position * kept]!;
  return { kind: 'bytes', topK: kept, topBytes, topProbabilities, inputProbabilities, masked, filled };
}

/** Indices of the `count` highest values, highest first; of equal ones the lower index. */
function highest(values: Float64Array, count: number): number[] {
  const best: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const last = best.at(-1);
    if (best.length === count && last !== undefined && !(values[index]! > values[last]!)) continue;
    let at = best.length;
    while (at > 0 && values[index]! > values[best[at - 1]!]!) at--;
    best.splice(at, 0, index);
    if (best.length > count) best.pop();
  }
  return best;
}

/** The character of a byte that is one by itself (ASCII), else null. */
export function characterOfByte(byte: number): string | null {
  return byte < 0x80 ? String.fromCharCode(byte) : null;
}
