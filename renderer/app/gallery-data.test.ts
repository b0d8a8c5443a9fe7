import { describe, expect, it } from 'vitest';
import type { AttentionAnswer } from '../../models/runtime/types';
import { CHUNK, collectChunks, nextOrder } from './gallery-data';

describe('the order of the gallery', () => {
  const shares = Float32Array.of(0.2, 0.5, 0.3);

  it('stays the same object while it says the same', () => {
    const first = nextOrder(null, 3, 'output', 'descending', shares, true);
    expect(Array.from(first)).toEqual([1, 2, 0]);
    expect(nextOrder(first, 3, 'output', 'descending', Float32Array.of(0.1, 0.8, 0.1001), true)).toBe(first);
    expect(nextOrder(first, 3, 'output', 'ascending', shares, true)).not.toBe(first);
  });

  it('keeps the order before while the quantity is computed, and lets go of it where there is none', () => {
    const first = nextOrder(null, 3, 'region', 'descending', shares, true);
    expect(nextOrder(first, 3, 'region', 'descending', null, true)).toBe(first);
    expect(Array.from(nextOrder(first, 3, 'region', 'descending', null, false))).toEqual([0, 1, 2]);
    expect(Array.from(nextOrder(first, 4, 'region', 'descending', null, true))).toEqual([0, 1, 2, 3]);
  });

  it('turns the index, too', () => {
    expect(Array.from(nextOrder(null, 3, 'index', 'descending', null, false))).toEqual([2, 1, 0]);
  });
});

describe('maps that came in chunks', () => {
  it('stand at their latents; those still missing are not ready and have no numbers', () => {
    const rows = Uint32Array.of(0, 1);
    const answer = {
      rows,
      columns: 2,
      weights: Float32Array.of(0.25, 0.75, 1, 0),
      rowsRead: Float32Array.of(1.5, 1),
      highest: Float32Array.of(0.75, 1),
      highestAt: Uint32Array.of(1, 0),
    } as unknown as AttentionAnswer;
    const maps = collectChunks([null, answer], CHUNK + 2, { width: 2, height: 1 }, 2);
    expect(maps.done).toBe(2);
    expect(Array.from(maps.maps.subarray(2 * CHUNK))).toEqual([0.25, 0.75, 1, 0]);
    expect(maps.ready[0]).toBe(0);
    expect(maps.ready[CHUNK]).toBe(1);
    expect(maps.rowsRead[0]).toBeNaN();
    expect(maps.highestAt[CHUNK]).toBe(1);
  });
});
