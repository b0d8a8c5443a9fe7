import { describe, expect, it } from 'vitest';
import { type BytesOutput, candidatesAt, filledSpans, runsOf } from './filled-spans';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Predictions of `text` with two candidates each: the letter given and `x`. */
function outputOf(predicted: string, probabilities: number[], masked: number[], truthProbability = 0.01): BytesOutput {
  const bytes = utf8(predicted);
  const filled = bytes.slice();
  return {
    kind: 'bytes',
    topK: 2,
    topBytes: Uint8Array.from([...bytes].flatMap((byte) => [byte, 0x78])),
    topProbabilities: Float32Array.from(probabilities.flatMap((probability) => [probability, (1 - probability) / 2])),
    inputProbabilities: new Float32Array(bytes.length).fill(truthProbability),
    masked,
    filled,
  };
}

describe('what was filled in', () => {
  it('joins neighbouring masked bytes to runs', () => {
    expect(runsOf([2, 3, 4, 7, 9, 10])).toEqual([
      { start: 2, end: 5 },
      { start: 7, end: 8 },
      { start: 9, end: 11 },
    ]);
    expect(runsOf([])).toEqual([]);
  });

  it('counts right bytes and multiplies the probabilities of a span', () => {
    const output = outputOf('the bat', [1, 1, 1, 1, 0.5, 0.8, 0.25], [4, 5, 6]);
    const [span] = filledSpans(utf8('the cat'), output);
    expect(span).toMatchObject({ start: 4, end: 7, right: 2, lowest: 0.25, lowestAt: 6 });
    expect(span!.probability).toBeCloseTo(0.1, 6);
    expect([...span!.wrong]).toEqual([1, 0, 0]);
    expect(new TextDecoder().decode(span!.predicted)).toBe('bat');
  });

  it('lists candidates, and the true byte behind them where it is not one', () => {
    const output = outputOf('bat', [0.6, 0.9, 0.7], [0, 1, 2], 0.05);
    expect(candidatesAt(output, 0, 0x63, 6).map(({ byte, isTrue }) => [String.fromCharCode(byte), isTrue])).toEqual([
      ['b', false],
      ['x', false],
      ['c', true],
    ]);
    expect(candidatesAt(output, 0, 0x63, 6)[2]!.probability).toBeCloseTo(0.05, 6);
    expect(candidatesAt(output, 1, 0x61, 1)).toEqual([{ byte: 0x61, probability: expect.closeTo(0.9, 5), isTrue: true }]);
  });
});
