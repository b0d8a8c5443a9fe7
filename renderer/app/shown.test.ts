import { expect, it } from 'vitest';
import { regionRows, type Shown } from './shown';

const picture = {
  result: { layout: { kind: 'grid', width: 2, height: 2 }, shown: { kind: 'image', image: { width: 8, height: 8 } } },
  input: { kind: 'image' },
} as unknown as Shown;
const text = {
  result: { layout: { kind: 'sequence', length: 12 }, shown: { kind: 'text', byteCount: 10 } },
  input: { kind: 'text', textId: 'run', part: { start: 5, end: 15 } },
} as unknown as Shown;

it('a region of a picture is the input rows under it, though they are fewer than its pixels', () => {
  expect(regionRows(picture, { x: 4, y: 0, width: 3, height: 8 }, null, null)).toEqual([1, 3]);
});

it('a span is the rows of its bytes in the part that was read', () => {
  expect(regionRows(text, null, { start: 0, end: 7 }, 'run')).toEqual([1, 2]);
});

it('a span of a text that was edited since the run is no rows of that run', () => {
  expect(regionRows(text, null, { start: 0, end: 7 }, 'edited')).toBeNull();
});
