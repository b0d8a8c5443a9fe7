import { describe, expect, it } from 'vitest';
import { wrapped } from './map-picture';

describe('sentences over a copied map', () => {
  it('break between words where they no longer fit', () => {
    expect(wrapped('Read, mean of 8 heads.', (text) => text.length <= 12)).toEqual(['Read, mean', 'of 8 heads.']);
    expect(wrapped('A word-that-is-too-long here', (text) => text.length <= 6)).toEqual(['A', 'word-that-is-too-long', 'here']);
  });
});
