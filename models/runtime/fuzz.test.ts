import { describe, expect, it } from 'vitest';
import { READERS, runCase } from './testing/fuzz';

/** The same few every time; `npm run fuzz` tries twenty thousand and more of each. */
const CASES = 1000;

describe('Damaged files', () => {
  it.each(READERS)('never make the reader of %s fail in any way but a sentence', async (reader) => {
    const results = new Set<string>();
    for (let index = 0; index < CASES; index += 1) {
      const { result } = await runCase(reader, 1, index).catch((thrown) => {
        throw new Error(`case ${index}: ${thrown instanceof Error ? thrown.message : thrown}`);
      });
      results.add(result);
    }
    // Some are read for all their damage, and most are not: else the damage would be too light or too heavy to show anything.
    expect(results.has('read')).toBe(true);
    expect(results.size).toBeGreaterThan(1);
  });
});
