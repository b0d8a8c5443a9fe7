import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdit, editOf, lineEndOf, positionOf, spansAfter, toBytes, toEditable } from './edit-text';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const anyBytes = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 20 }).map(utf8));

/** What a field does with one replacement, its caret behind what was put in. */
function typed(bytes: Uint8Array, from: number, to: number, text: string): Uint8Array {
  const before = toEditable(bytes);
  const after = before.text.slice(0, from) + text + before.text.slice(to);
  return applyEdit(bytes, editOf(before, after, from + text.length, lineEndOf(bytes)));
}

describe('bytes in a text field', () => {
  it('survive the way there and back where nothing is touched, whatever they are', () => {
    fc.assert(
      fc.property(anyBytes, (bytes) => {
        const editable = toEditable(bytes);
        expect(editable.text.includes('\r')).toBe(false);
        expect(editable.offsets.length).toBe(editable.text.length + 1);
        const edit = editOf(editable, editable.text, editable.text.length, '\n');
        expect(applyEdit(bytes, edit)).toEqual(Uint8Array.from(bytes));
        if (!bytes.includes(0x0d)) expect(toBytes(editable.text, '\n')).toEqual(Uint8Array.from(bytes));
      }),
      { numRuns: 500, seed: 17 },
    );
  });

  it('keep every byte outside of what was replaced', () => {
    fc.assert(
      fc.property(anyBytes, fc.nat(), fc.nat(), fc.string({ unit: 'grapheme', maxLength: 4 }), (bytes, a, b, text) => {
        const { text: shown, offsets } = toEditable(bytes);
        // A person replaces whole characters.
        const whole = [0];
        for (const character of shown) whole.push(whole.at(-1)! + character.length);
        const [from, to] = [whole[a % whole.length]!, whole[b % whole.length]!].sort((x, y) => x - y) as [number, number];
        const clean = text.replaceAll('\r', '');
        const expected = [...bytes.subarray(0, offsets[from]), ...toBytes(clean, lineEndOf(bytes)), ...bytes.subarray(offsets[to])];
        const got = typed(bytes, from, to, clean);
        // Where the replacement begins or ends like what it replaces, CR may stand for the LF that was typed; text is the same.
        expect(toEditable(got).text).toBe(toEditable(Uint8Array.from(expected)).text);
        if (!bytes.includes(0x0d)) expect([...got]).toEqual(expected);
      }),
      { numRuns: 800, seed: 19 },
    );
  });

  it('keep CR LF where it stands and write it where a line is added', () => {
    const bytes = utf8('one\r\ntwo\r\n');
    expect(typed(bytes, 3, 3, '\nnew')).toEqual(utf8('one\r\nnew\r\ntwo\r\n'));
    expect(lineEndOf(utf8('a\rb'))).toBe('\r');
    expect(lineEndOf(utf8('a\nb\r\n'))).toBe('\n');
  });

  it('find the byte of a caret and the caret of a byte', () => {
    const editable = toEditable(Uint8Array.of(0x61, 0xff, 0xc3, 0xa9, 0x0d, 0x0a, 0x62));
    expect([...editable.offsets]).toEqual([0, 1, 2, 4, 6, 7]);
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((byte) => positionOf(editable, byte))).toEqual([0, 1, 2, 2, 3, 3, 4, 5]);
  });

  it('see where a repeated letter was typed by the caret', () => {
    const before = toEditable(utf8('aaaa'));
    expect(editOf(before, 'aaaaa', 2, '\n')).toEqual({ at: 1, removed: 0, inserted: utf8('a') });
  });

  it('change a character of two UTF-16 units as a whole', () => {
    const before = toEditable(utf8('🙂'));
    expect(editOf(before, '🙃', 2, '\n')).toEqual({ at: 0, removed: 4, inserted: utf8('🙃') });
  });
});

describe('masks while a text is edited', () => {
  const edit = (at: number, removed: number, inserted: number) => ({ at, removed, inserted: new Uint8Array(inserted) });

  it('move with their text, grow around an edit, and lose what was removed', () => {
    const spans = [{ start: 4, end: 8 }];
    expect(spansAfter(spans, edit(0, 0, 3))).toEqual([{ start: 7, end: 11 }]);
    expect(spansAfter(spans, edit(8, 0, 3))).toEqual(spans);
    expect(spansAfter(spans, edit(4, 0, 3))).toEqual([{ start: 7, end: 11 }]);
    expect(spansAfter(spans, edit(5, 1, 2))).toEqual([{ start: 4, end: 9 }]);
    expect(spansAfter(spans, edit(6, 4, 1))).toEqual([{ start: 4, end: 6 }]);
    expect(spansAfter(spans, edit(2, 4, 1))).toEqual([{ start: 3, end: 5 }]);
    expect(spansAfter(spans, edit(3, 6, 0))).toEqual([]);
  });

  it('mask the same untouched bytes as before', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), fc.nat(20), fc.nat(20), fc.nat(5), (start, length, at, removed, inserted) => {
        const size = 45;
        const cut = Math.min(removed, size - at);
        const label = (spans: { start: number; end: number }[], position: number) =>
          spans.some((span) => position >= span.start && position < span.end);
        const before = [{ start, end: start + length + 1 }];
        const after = spansAfter(before, edit(at, cut, inserted));
        for (let position = 0; position < size; position++) {
          if (position < at) expect(label(after, position)).toBe(label(before, position));
          if (position >= at + cut) expect(label(after, position - cut + inserted)).toBe(label(before, position));
        }
      }),
      { numRuns: 500, seed: 23 },
    );
  });
});
