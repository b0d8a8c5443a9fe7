import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { preprocessText } from './text';
import { CLS, MASK, SEP, VOCABULARY } from './tokenizer';

interface Reference {
  readonly special: Readonly<Record<string, number>>;
  readonly ids: number;
  readonly single: readonly { readonly text: string; readonly input_ids: readonly number[] }[];
}

/** Made by Hugging Face's PerceiverTokenizer, transformers 5.17. */
const reference = JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures', 'tokenizer.json'), 'utf8')) as Reference;

/** A text that spells [MASK], as it is asked for here: one byte, masked. */
function typed(text: string) {
  const parts = text.split('[MASK]').map((part) => new TextEncoder().encode(part));
  const masks = parts.slice(1).map((_, index) => {
    const start = parts.slice(0, index + 1).reduce((sum, part) => sum + part.length, index);
    return { start, end: start + 1 };
  });
  return { bytes: Uint8Array.from(parts.flatMap((part, index) => (index === 0 ? [...part] : [63, ...part]))), masks };
}

describe('PerceiverTokenizer', () => {
  it('has these ids', () => {
    expect(reference.special).toMatchObject({ '[MASK]': MASK, '[CLS]': CLS, '[SEP]': SEP });
    expect(reference.ids).toBe(VOCABULARY);
  });

  it.each(reference.single)('gives the ids that a model here is fed for “$text”', ({ text, input_ids }) => {
    const { bytes, masks } = typed(text);
    expect([...preprocessText(bytes, masks, 2048).ids]).toEqual(input_ids);
  });
});
