import { describe, expect, it } from 'vitest';
import { placeOfMass } from './describe-latent';

const size = { width: 9, height: 6 };
const at = (x: number, y: number): Float32Array => Float32Array.from({ length: 54 }, (_, index) => (index === y * 9 + x ? 0.5 : 0.001));

describe('place of most mass', () => {
  it.each([
    [0, 0, 'upper left'],
    [4, 1, 'upper middle'],
    [8, 2, 'middle right'],
    [5, 3, 'the centre'],
    [2, 5, 'lower left'],
    [8, 5, 'lower right'],
  ])('at x %i, y %i is %s', (x, y, place) => {
    expect(placeOfMass(at(x, y), size)).toBe(place);
  });

  it('is where the mass is, not where the peak is', () => {
    const weights = new Float32Array(54);
    weights[0] = 0.3;
    for (let x = 6; x < 9; x++) weights[5 * 9 + x] = 0.2;
    expect(placeOfMass(weights, size)).toBe('lower right');
  });

  it('is nowhere in a map without mass', () => {
    expect(placeOfMass(new Float32Array(54), size)).toBeNull();
  });
});
