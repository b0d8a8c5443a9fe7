import { describe, expect, it } from 'vitest';
import { colourTable } from '../../draw/colour-maps';
import { ownScale } from '../../draw/scales';
import { atPictureSize, paintStage, weightAt } from './stage-painting';

const picture = { width: 4, height: 2, data: Uint8ClampedArray.from({ length: 32 }, (_, index) => (index % 4 === 3 ? 255 : 10 * index)) };
const look = { mode: 'heat', opacity: 1, table: colourTable('ember', 'light'), theme: 'light' } as const;

describe('the stage', () => {
  it('takes weights over the picture as they are', () => {
    const weights = new Float32Array(8).fill(0.125);
    expect(atPictureSize({ weights, grid: { width: 4, height: 2 }, attended: 8 }, picture)).toBe(weights);
  });

  it('spreads a coarser map over the pixels of each cell, mean weights unchanged', () => {
    const spread = atPictureSize({ weights: [0.1, 0.3], grid: { width: 2, height: 1 }, attended: 8 }, picture);
    expect(Array.from(spread, (weight) => Math.round(weight * 10) / 10)).toEqual([0.1, 0.1, 0.3, 0.3, 0.1, 0.1, 0.3, 0.3]);
  });

  it('knows the weight of the input row under a pixel, one a pixel or fewer', () => {
    const coarse = { weights: [0.1, 0.3], grid: { width: 2, height: 1 }, attended: 2 };
    expect([0, 1, 2, 3].map((x) => weightAt(coarse, { x, y: 1 }, picture))).toEqual([0.1, 0.1, 0.3, 0.3]);
    const fine = { weights: [0, 1, 2, 3, 4, 5, 6, 7], grid: picture, attended: 8 };
    expect(weightAt(fine, { x: 2, y: 1 }, picture)).toBe(6);
  });

  it('shows the picture itself without a map', () => {
    expect([...paintStage(picture, null, ownScale([]), look)]).toEqual([...picture.data]);
  });

  it('covers the strongest pixel with the last colour and leaves the others grey', () => {
    const weights = [0, 0, 0, 1, 0, 0, 0, 0];
    const painted = paintStage(picture, weights, ownScale(weights), look);
    expect([...painted.subarray(12, 15)]).toEqual([...look.table.subarray(765)]);
    for (const pixel of [0, 1, 2, 4, 7]) {
      expect(painted[4 * pixel]).toBe(painted[4 * pixel + 1]);
      expect(painted[4 * pixel]).toBe(painted[4 * pixel + 2]);
    }
  });

  it('keeps the picture where a spotlight falls', () => {
    const weights = [0, 0, 0, 1, 0, 0, 0, 0];
    const painted = paintStage(picture, weights, ownScale(weights), { ...look, mode: 'spotlight' });
    expect([...painted.subarray(12, 16)]).toEqual([...picture.data.subarray(12, 16)]);
    expect([...painted.subarray(0, 4)]).toEqual([255, 255, 255, 255]);
  });
});
