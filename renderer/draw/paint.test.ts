import { describe, expect, it } from 'vitest';
import { colourTable } from './colour-maps';
import { PAGE, paintGrey, paintHeat, paintOverlay, paintPicture, paintSpotlight, pixelsFor } from './paint';
import { ownScale } from './scales';

const table = colourTable('ember', 'light');
const colour = (index: number): number[] => [...table.subarray(3 * index, 3 * index + 3), 255];
const picture = Uint8ClampedArray.of(200, 100, 50, 255, 10, 20, 30, 255);

describe('painters', () => {
  it('give the first colour to no attention and the last to the highest', () => {
    const out = pixelsFor(3);
    const weights = [0, 0.5, 0.25];
    paintHeat(weights, ownScale(weights), table, out);
    expect([...out.subarray(0, 4)]).toEqual(colour(0));
    expect([...out.subarray(4, 8)]).toEqual(colour(255));
    expect([...out.subarray(8, 12)]).toEqual(colour(128));
  });

  it('leave the grey picture as it is where a latent does not look', () => {
    const grey = pixelsFor(2);
    const over = pixelsFor(2);
    paintGrey(picture, 'light', grey);
    paintOverlay(picture, [0, 1], ownScale([0, 1]), table, 'light', 1, over);
    expect([...over.subarray(0, 4)]).toEqual([...grey.subarray(0, 4)]);
    expect([...over.subarray(4, 8)]).toEqual(colour(255));
  });

  it('lay nothing over the picture at opacity zero', () => {
    const grey = pixelsFor(2);
    const over = pixelsFor(2);
    paintGrey(picture, 'dark', grey);
    paintOverlay(picture, [0.3, 1], ownScale([0.3, 1]), table, 'dark', 0, over);
    expect(over).toEqual(grey);
  });

  it('keep grey pale on light and dark on dark', () => {
    const black = Uint8ClampedArray.of(0, 0, 0, 255);
    const white = Uint8ClampedArray.of(255, 255, 255, 255);
    const out = pixelsFor(1);
    paintGrey(black, 'light', out);
    expect(out[0]).toBe(120);
    paintGrey(white, 'dark', out);
    expect(out[0]).toBe(168);
    expect(out[3]).toBe(255);
  });

  it('show the picture untouched under full spotlight and the page where nothing is looked at', () => {
    const out = pixelsFor(2);
    paintSpotlight(picture, [1, 0], ownScale([1, 0]), PAGE.dark, 1, out);
    expect([...out]).toEqual([200, 100, 50, 255, 27, 27, 26, 255]);
    paintSpotlight(picture, [1, 0], ownScale([1, 0]), PAGE.light, 0.5, out);
    expect([...out.subarray(4, 7)]).toEqual([132, 138, 142]);
  });

  it('lay transparent pixels on the page', () => {
    const out = pixelsFor(1);
    paintPicture(Uint8ClampedArray.of(0, 0, 0, 0), PAGE.light, out);
    expect([...out]).toEqual([255, 255, 255, 255]);
    paintPicture(Uint8ClampedArray.of(255, 0, 0, 128), PAGE.dark, out);
    expect(out[0]).toBe(141);
    expect(out[3]).toBe(255);
  });
});
