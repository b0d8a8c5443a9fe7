import { describe, expect, it } from 'vitest';
import { applyEdit } from './edit-text';
import { stateAfter, type TextState } from './text-state';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function edited(state: TextState, at: number, removed: number, text: string, limit: number): TextState {
  const edit = { at, removed, inserted: utf8(text) };
  return stateAfter(state, edit, applyEdit(state.bytes, edit), limit);
}

describe('a text after an edit', () => {
  const short: TextState = { bytes: utf8('one two'), masks: [{ start: 4, end: 7 }], part: { start: 0, end: 7 } };

  it('is read as a whole as long as it fits', () => {
    expect(edited(short, 0, 0, 'zero ', 20)).toEqual({
      bytes: utf8('zero one two'),
      masks: [{ start: 9, end: 12 }],
      part: { start: 0, end: 12 },
    });
    expect(edited(short, 0, 7, '', 20)).toEqual({ bytes: utf8(''), masks: [], part: { start: 0, end: 0 } });
  });

  it('is read from its start once it is too long', () => {
    expect(edited(short, 7, 0, ' three four', 10).part).toEqual({ start: 0, end: 10 });
  });

  it('keeps the same words in its part where something before them changes', () => {
    const long: TextState = { bytes: utf8('abcdefghijklmnopqrstuvwxyz'), masks: [], part: { start: 10, end: 18 } };
    expect(edited(long, 2, 3, 'X', 8).part).toEqual({ start: 8, end: 16 });
    expect(edited(long, 12, 0, 'new', 8).part).toEqual({ start: 10, end: 18 });
    expect(edited(long, 8, 4, '', 8).part).toEqual({ start: 8, end: 16 });
  });
});
