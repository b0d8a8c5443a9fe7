import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../models/runtime/types';
import { runText } from './long-text';
import type { Session } from './session';

const LIMIT = 20;
const ZERO = { preprocess: 0, encode: 1, process: 1, decode: 1, postprocess: 0, total: 3 };

/** Answers every masked byte with the digit of how many bytes it stood from the start of its window, modulo ten. */
function fakeSession(): Session & { readonly forgotten: string[]; readonly read: string[] } {
  const forgotten: string[] = [];
  const read: string[] = [];
  return {
    forgotten,
    read,
    model: 'fake',
    engine: 'native',
    info: { inputRows: LIMIT + 2 } as Session['info'],
    run: async (input, topK) => {
      if (input.modality !== 'text') throw new Error('text only');
      read.push(new TextDecoder().decode(input.bytes));
      const masked = input.masks.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, at) => start + at));
      const topBytes = Uint8Array.from({ length: input.bytes.length * topK }, (_, at) => 48 + (Math.floor(at / topK) % 10) + (at % topK));
      const filled = input.bytes.slice();
      for (const at of masked) filled[at] = topBytes[at * topK]!;
      const output = { kind: 'bytes', topK, topBytes, topProbabilities: new Float32Array(topBytes.length).fill(0.5), masked, filled };
      return { runId: `run-${read.length}`, timingsMs: ZERO, output } as unknown as RunResult;
    },
    ask: () => Promise.reject(new Error('no questions')),
    forget: async (runId) => void forgotten.push(runId),
    close: async () => undefined,
  };
}

const { signal } = new AbortController();
const bytes = new TextEncoder().encode('abcdefghij'.repeat(10));
const options = { topK: 2, long: 'first', signal } as const;

describe('text that fits', () => {
  it('is run once, and every masked byte is answered at its offset', async () => {
    const session = fakeSession();
    const answer = await runText(session, bytes.slice(0, 12), [{ start: 3, end: 5 }], options);
    expect(answer.masked.map(({ position, top }) => [position, top[0]?.byte, top[1]?.byte])).toEqual([
      [3, 51, 52],
      [4, 52, 53],
    ]);
    expect(new TextDecoder().decode(answer.filled)).toBe('abc34fghijab');
    expect(answer.notes).toEqual([]);
    expect(session.forgotten).toEqual(['run-1']);
  });

  it('refuses a mask outside it', async () => {
    await expect(runText(fakeSession(), bytes.slice(0, 12), [{ start: 11, end: 13 }], options)).rejects.toThrow(
      /11:13 does not lie in a text of 12 bytes/,
    );
  });
});

describe('text longer than the model', () => {
  it('is read from its start, and the note says how much was left out', async () => {
    const session = fakeSession();
    const answer = await runText(session, bytes, [{ start: 0, end: 1 }], options);
    expect(session.read).toEqual(['abcdefghij'.repeat(2)]);
    expect(answer.filled.length).toBe(100);
    expect(answer.notes).toEqual([expect.stringMatching(/first 20 bytes were read; 80 bytes were left out/)]);
  });

  it('refuses a mask behind what is read', async () => {
    await expect(runText(fakeSession(), bytes, [{ start: 30, end: 31 }], options)).rejects.toThrow(/behind the first 20 bytes/);
  });

  it('slides: every masked byte is answered once, from the window it lies best in, and timings add up', async () => {
    const session = fakeSession();
    const masks = [
      { start: 0, end: 1 },
      { start: 47, end: 53 },
      { start: 99, end: 100 },
    ];
    const answer = await runText(session, bytes, masks, { ...options, long: 'slide' });
    expect(answer.masked.map(({ position }) => position)).toEqual([0, 47, 48, 49, 50, 51, 52, 99]);
    // Windows start at 0, 10, 20 …; byte 47 is byte 7 of the one at 40, 52 byte 12; 99 the last byte of the last.
    expect(answer.masked.map(({ top }) => (top[0]?.byte ?? 0) - 48)).toEqual([0, 7, 8, 9, 0, 1, 2, 9]);
    expect(answer.timingsMs.total).toBe(3 * session.read.length);
    expect(session.read.length).toBeLessThan(9);
    expect(session.forgotten.length).toBe(session.read.length);
    expect(answer.notes[0]).toMatch(/9 overlapping windows of 20 bytes/);
  });
});
