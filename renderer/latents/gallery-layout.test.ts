import { describe, expect, it } from 'vitest';
import { keptRows, layoutGallery, moveFocus, revealRow } from './gallery-layout';

const tile = { width: 56, height: 56 };

describe('scrolling to a row', () => {
  const view = { top: 0, height: 400 };

  it('leaves alone what is seen whole', () => {
    expect(revealRow(0, 80, view, 4)).toBeNull();
    expect(revealRow(3, 80, view, 4)).toBeNull();
  });

  it('never cuts the row at the top', () => {
    expect(revealRow(4, 80, view, 4)).toBe(80);
    expect(revealRow(9, 80, view, 4)).toBe(480);
    expect(revealRow(2, 80, { top: 500, height: 400 }, 4)).toBe(160);
    expect(revealRow(3, 80, { top: 0, height: 50 }, 4)).toBe(240);
  });
});

describe('gallery layout', () => {
  it('has six columns in the wide window and four in the small one', () => {
    expect(layoutGallery(512, 384, tile)).toEqual({ columns: 6, rows: 86, gap: 9, rowHeight: 80 });
    expect(layoutGallery(512, 296, tile)).toEqual({ columns: 4, rows: 128, gap: 16, rowHeight: 80 });
  });

  it('keeps one column however narrow it is', () => {
    expect(layoutGallery(5, 10, tile)).toMatchObject({ columns: 1, rows: 5 });
    expect(layoutGallery(0, 384, tile).rows).toBe(0);
  });

  it('takes text miniatures of another shape', () => {
    expect(layoutGallery(64, 384, { width: 80, height: 44 })).toMatchObject({ columns: 4, rowHeight: 68 });
  });
});

describe('keys in the gallery', () => {
  // 14 tiles in rows of 6, 6 and 2.
  const layout = layoutGallery(14, 384, tile);
  const press = (from: number, key: string, ctrlKey = false): number | null =>
    moveFocus(from, { key, ctrlKey, metaKey: false }, layout, 2, 14);

  it('step to neighbours and stop at the ends', () => {
    expect([press(0, 'ArrowLeft'), press(0, 'ArrowRight'), press(13, 'ArrowRight')]).toEqual([0, 1, 13]);
    expect([press(3, 'ArrowUp'), press(9, 'ArrowUp'), press(3, 'ArrowDown')]).toEqual([3, 3, 9]);
  });

  it('reach the last row from columns that it does not have', () => {
    expect([press(7, 'ArrowDown'), press(10, 'ArrowDown'), press(13, 'ArrowDown')]).toEqual([13, 13, 13]);
  });

  it('go to the ends of the row, and with Ctrl of the set', () => {
    expect([press(8, 'Home'), press(8, 'End'), press(12, 'End')]).toEqual([6, 11, 13]);
    expect([press(8, 'Home', true), press(8, 'End', true)]).toEqual([0, 13]);
  });

  it('turn pages in the same column', () => {
    expect([press(0, 'PageDown'), press(13, 'PageUp'), press(10, 'PageUp'), press(4, 'PageDown')]).toEqual([12, 1, 4, 13]);
  });

  it('leave other keys alone', () => {
    expect(press(3, 'a')).toBeNull();
    expect(press(3, 'Enter')).toBeNull();
  });
});

describe('rows in the document', () => {
  it('are those in view and half a screen on both sides', () => {
    expect(keptRows(10, 19, 86, null)).toEqual(Array.from({ length: 20 }, (_, index) => 5 + index));
    expect(keptRows(0, 9, 12, null)).toEqual(Array.from({ length: 12 }, (_, index) => index));
    expect(keptRows(0, -1, 0, null)).toEqual([]);
  });

  it('hold the focused row wherever the view is', () => {
    expect(keptRows(40, 41, 86, 2)).toEqual([2, 39, 40, 41, 42]);
    expect(keptRows(40, 41, 86, 80)).toEqual([39, 40, 41, 42, 80]);
    expect(keptRows(40, 41, 86, 41)).toEqual([39, 40, 41, 42]);
  });
});
