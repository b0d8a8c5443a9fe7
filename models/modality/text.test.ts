import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabError } from '../lab-error';
import { characterOfByte, maskedPositions, preprocessText, readBytes } from './text';
import { BYTE_OFFSET, VOCABULARY } from './tokenizer';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function thrownBy(work: () => unknown): LabError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof LabError) return thrown;
  }
  throw new Error('no LabError was thrown');
}

describe('text on its way into the model', () => {
  it('is [CLS], a byte each, [SEP], with [MASK] where it is masked', () => {
    const { ids, shown } = preprocessText(utf8('naïve'), [{ start: 2, end: 4 }], 512);
    expect([...ids]).toEqual([4, 116, 103, 3, 3, 124, 107, 5]);
    expect(shown).toEqual({ kind: 'text', byteCount: 6 });
  });

  it('is bytes only: a typed [MASK] is six bytes', () => {
    const { ids } = preprocessText(utf8('[MASK]'), [], 512);
    expect([...ids]).toEqual([4, ...[...'[MASK]'].map((letter) => letter.charCodeAt(0) + BYTE_OFFSET), 5]);
  });

  it('fills a model of 512 positions with 510 bytes and not one more', () => {
    expect(preprocessText(new Uint8Array(510), [], 512).ids.length).toBe(512);
    const error = thrownBy(() => preprocessText(new Uint8Array(511), [], 512));
    expect(error.code).toBe('input-too-long');
    expect(error.message).toMatch(/511 bytes.*510/);
  });

  it('names the byte that a small vocabulary does not have', () => {
    const error = thrownBy(() => preprocessText(Uint8Array.of(10, 83, 84), [], 512, 90));
    expect(error.code).toBe('input-invalid');
    expect(error.message).toMatch(/Byte 2 .* 84.*below 84/);
  });

  it.each([
    [-1, 2],
    [3, 3],
    [2, 9],
    [0.5, 2],
  ])('is refused with a mask %s:%s outside the text', (start, end) => {
    expect(thrownBy(() => maskedPositions([{ start, end }], 8)).code).toBe('input-invalid');
  });

  it('masks each byte once, ascending, however the spans overlap', () => {
    expect(
      maskedPositions(
        [
          { start: 4, end: 6 },
          { start: 1, end: 2 },
          { start: 5, end: 7 },
        ],
        8,
      ),
    ).toEqual([1, 4, 5, 6]);
  });
});

describe('predicted bytes', () => {
  it('are the most probable byte values, with probabilities of the full softmax', () => {
    const logits = new Float32Array(2 * VOCABULARY).fill(-50);
    logits[3] = 2; // [MASK] itself: takes its share, is never an answer
    logits[BYTE_OFFSET + 97] = 2;
    logits[BYTE_OFFSET + 98] = 1;
    logits[VOCABULARY + BYTE_OFFSET + 255] = 5000;
    const output = readBytes(logits, VOCABULARY, utf8('xy'), [{ start: 0, end: 1 }], 3);
    const sum = 2 * Math.exp(2) + Math.exp(1);
    expect([...output.topBytes.subarray(0, 2)]).toEqual([97, 98]);
    expect(output.topProbabilities[0]).toBeCloseTo(Math.exp(2) / sum, 6);
    expect(output.topProbabilities[1]).toBeCloseTo(Math.exp(1) / sum, 6);
    expect(output.topBytes[3]).toBe(255);
    expect(output.topProbabilities[3]).toBe(1);
    expect(output.masked).toEqual([0]);
    expect(new TextDecoder().decode(output.filled)).toBe('ay');
  });

  it('agree with sorting everything, for any logits', () => {
    const row = fc.array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: VOCABULARY, maxLength: VOCABULARY });
    fc.assert(
      fc.property(row, fc.integer({ min: 1, max: 256 }), fc.nat(255), (values, topK, byte) => {
        const output = readBytes(Float32Array.from(values), VOCABULARY, Uint8Array.of(byte), [], topK);
        const total = values.reduce((sum, value) => sum + Math.exp(Math.fround(value)), 0);
        const sorted = values
          .slice(BYTE_OFFSET)
          .map((value, index) => ({ value: Math.fround(value), index }))
          .sort((a, b) => b.value - a.value || a.index - b.index);
        expect([...output.topProbabilities].every((p, rank) => Math.abs(p - Math.exp(sorted[rank]!.value) / total) < 1e-6)).toBe(true);
        expect(new Set(output.topBytes).size).toBe(topK);
        expect(output.inputProbabilities[0]).toBeCloseTo(Math.exp(Math.fround(values[BYTE_OFFSET + byte]!)) / total, 6);
      }),
      { numRuns: 50, seed: 11 },
    );
  });

  it('stay inside a vocabulary of 90', () => {
    const output = readBytes(new Float32Array(90), 90, Uint8Array.of(65), [], 256);
    expect(output.topK).toBe(84);
    expect(Math.max(...output.topBytes)).toBe(83);
    expect(output.topProbabilities[0]).toBeCloseTo(1 / 90, 7);
  });
});

describe('the character of a byte', () => {
  it('is null where a byte alone is no character', () => {
    expect(characterOfByte(65)).toBe('A');
    expect(characterOfByte(10)).toBe('\n');
    expect(characterOfByte(0x80)).toBeNull();
    expect(characterOfByte(255)).toBeNull();
  });
});
