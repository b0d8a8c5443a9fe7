import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BatchOptions, decode, encode, encodeBatch, tokenize } from './tokenizer';

interface Reference {
  single: { text: string; input_ids: number[]; without_special: number[]; decode: string; decode_skip_special: string }[];
  pairs: { text: string; text_pair: string; input_ids: number[] }[];
  padding: {
    texts: string[];
    arguments: { padding?: string | boolean; truncation?: boolean; max_length?: number; pad_to_multiple_of?: number };
    input_ids?: number[][];
    attention_mask?: number[][];
    input_ids_length?: number;
    first?: number[];
    last?: number[];
  }[];
  decode: { ids: number[]; decode: string; decode_skip_special: string }[];
}

/** Made by Hugging Face's PerceiverTokenizer, transformers 5.17. */
const reference = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'tokenizer.json'), 'utf8')) as Reference;

describe('PerceiverTokenizer', () => {
  it.each(reference.single)('gives the ids of $text and reads them back', (row) => {
    expect(encode(row.text)).toEqual(row.input_ids);
    expect(tokenize(row.text)).toEqual(row.without_special);
    expect(decode(row.input_ids)).toBe(row.decode);
    expect(decode(row.input_ids, { skipSpecial: true })).toBe(row.decode_skip_special);
  });

  it.each(reference.pairs)('joins the pair $text and $text_pair', (row) => {
    expect(encode(row.text, row.text_pair)).toEqual(row.input_ids);
  });

  it.each(reference.padding)('pads and cuts with $arguments', (row) => {
    const { padding, truncation, max_length: maxLength, pad_to_multiple_of: multiple } = row.arguments;
    const options: BatchOptions = {
      ...(padding ? { padding: padding === 'max_length' ? 'max-length' : 'longest' } : {}),
      ...(truncation === undefined ? {} : { truncation, maxLength: maxLength ?? 2048 }),
      ...(maxLength === undefined ? {} : { maxLength }),
      ...(multiple === undefined ? {} : { padToMultipleOf: multiple }),
    };
    const batch = encodeBatch(row.texts, options);
    if (row.input_ids) {
      expect(batch.ids).toEqual(row.input_ids);
      expect(batch.attentionMask).toEqual(row.attention_mask);
    } else {
      expect(batch.ids[0]?.length).toBe(row.input_ids_length);
      expect(batch.ids[0]?.slice(0, 3)).toEqual(row.first);
      expect(batch.ids[0]?.slice(-3)).toEqual(row.last);
    }
  });

  it.each(reference.decode)('decodes $ids, malformed or not', (row) => {
    expect(decode(row.ids)).toBe(row.decode);
    expect(decode(row.ids, { skipSpecial: true })).toBe(row.decode_skip_special);
  });
});
