/**
 * Hugging Face's PerceiverTokenizer: six special tokens, then the 256 byte values. Unlike what a person types in the
 * app (bytes only, see text.ts), `encode` recognises special tokens written inside a text, as there.
 */

export const SPECIAL_TOKENS = ['[PAD]', '[BOS]', '[EOS]', '[MASK]', '[CLS]', '[SEP]'] as const;
export const PAD = 0;
export const MASK = 3;
export const CLS = 4;
export const SEP = 5;
/** Id of byte value 0. */
export const BYTE_OFFSET = SPECIAL_TOKENS.length;
export const BYTE_VALUES = 256;
export const VOCABULARY = BYTE_OFFSET + BYTE_VALUES;

const SPECIAL_PATTERN = /(\[(?:PAD|BOS|EOS|MASK|CLS|SEP)\])/;

/** Ids of a text without [CLS] and [SEP] around it; special tokens are recognised, case-sensitively. */
export function tokenize(text: string): number[] {
  const encoder = new TextEncoder();
  return text.split(SPECIAL_PATTERN).flatMap((part) => {
    const special = (SPECIAL_TOKENS as readonly string[]).indexOf(part);
    return special >= 0 ? [special] : Array.from(encoder.encode(part), (byte) => byte + BYTE_OFFSET);
  });
}

/** [CLS] text [SEP], or [CLS] text [SEP] pair [SEP]. */
export function encode(text: string, pair?: string): number[] {
  const second = pair === undefined ? [] : [...tokenize(pair), SEP];
  return [CLS, ...tokenize(text), SEP, ...second];
}

export interface BatchOptions {
  readonly padding?: 'longest' | 'max-length';
  /** Keeps [CLS] and [SEP] and drops what stands before [SEP]. */
  readonly truncation?: boolean;
  /** Needed for padding 'max-length' and for truncation. */
  readonly maxLength?: number;
  readonly padToMultipleOf?: number;
}

export interface EncodedBatch {
  readonly ids: number[][];
  /** 1 for a token, 0 for padding. */
  readonly attentionMask: number[][];
}

/** Encodes texts together: cut, then filled with [PAD] on the right. A longer text than 'max-length' stays longer, as there. */
export function encodeBatch(texts: readonly string[], options: BatchOptions = {}): EncodedBatch {
  const { padding, truncation, maxLength = Number.POSITIVE_INFINITY, padToMultipleOf = 1 } = options;
  const rows = texts.map((text) => {
    const ids = encode(text);
    return truncation && ids.length > maxLength ? [...ids.slice(0, maxLength - 1), SEP] : ids;
  });
  const target = padding === 'max-length' ? maxLength : padding === 'longest' ? Math.max(...rows.map((row) => row.length)) : 0;
  const width = Math.ceil(target / padToMultipleOf) * padToMultipleOf;
  const missing = (row: readonly number[]): number[] => new Array<number>(Math.max(0, width - row.length)).fill(PAD);
  return {
    ids: rows.map((row) => [...row, ...missing(row)]),
    attentionMask: rows.map((row) => [...row.map(() => 1), ...missing(row)]),
  };
}

/** Ids back to text; malformed UTF-8 becomes U+FFFD. With `skipSpecial` the bytes on both sides of a special token join. */
export function decode(ids: readonly number[], options: { skipSpecial?: boolean } = {}): string {
  const encoder = new TextEncoder();
  const bytes = ids.flatMap((id) => {
    const special = SPECIAL_TOKENS[id];
    if (special !== undefined) return options.skipSpecial ? [] : Array.from(encoder.encode(special));
    return [id - BYTE_OFFSET];
  });
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}
