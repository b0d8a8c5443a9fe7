import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LabError } from '../lab-error';
import { decodeTextFile } from './text-file';

const RULES = { maxBytes: 4_000_000 };
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function utf16(text: string, littleEndian: boolean, mark: boolean): Uint8Array {
  const units = mark ? `\uFEFF${text}` : text;
  const view = new DataView(new ArrayBuffer(units.length * 2));
  for (let i = 0; i < units.length; i++) view.setUint16(2 * i, units.charCodeAt(i), littleEndian);
  return new Uint8Array(view.buffer);
}

function refused(bytes: Uint8Array, rules = RULES): LabError {
  try {
    decodeTextFile(bytes, 'notes.txt', rules);
  } catch (thrown) {
    if (thrown instanceof LabError) return thrown;
    throw thrown;
  }
  throw new Error('it was read');
}

describe('a text file as bytes', () => {
  it('keeps UTF-8 byte for byte, line ends of every kind too', () => {
    const bytes = utf8('one\r\ntwo\rthree\nä 感 🙂\t.');
    expect(decodeTextFile(bytes, 'notes.txt', RULES)).toEqual({ bytes, notes: [] });
  });

  it('drops a byte order mark and says so', () => {
    const { bytes, notes } = decodeTextFile(Uint8Array.of(0xef, 0xbb, 0xbf, 0x68, 0x69), 'notes.txt', RULES);
    expect(bytes).toEqual(utf8('hi'));
    expect(notes).toEqual(['A byte order mark (3 bytes) was left out; offsets count from after it.']);
  });

  it('reads UTF-16 of both byte orders as UTF-8, by its mark', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0') && !text.includes('\uFFFD')),
        fc.boolean(),
        (text, littleEndian) => {
          const { bytes, notes } = decodeTextFile(utf16(text, littleEndian, true), 'notes.txt', RULES);
          expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)).toBe(text);
          expect(notes).toEqual(['It is UTF-16 and was read as UTF-8; offsets count bytes of that.']);
        },
      ),
      { numRuns: 200, seed: 3 },
    );
  });

  it('knows UTF-16 without a mark by its zero bytes', () => {
    const { bytes, notes } = decodeTextFile(utf16('Plain words.', true, false), 'notes.txt', RULES);
    expect(bytes).toEqual(utf8('Plain words.'));
    expect(notes[0]).toContain('without a mark');
  });

  it('says how many characters of a cut UTF-16 file are damaged', () => {
    const { bytes, notes } = decodeTextFile(utf16('Plain words.', true, true).subarray(0, -1), 'notes.txt', RULES);
    expect(new TextDecoder().decode(bytes)).toBe('Plain words\uFFFD');
    expect(notes[1]).toBe('1 damaged character is shown as \uFFFD.');
  });

  it('keeps bytes that are no UTF-8 and counts them', () => {
    const bytes = Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x20, 0xff, 0x21);
    expect(decodeTextFile(bytes, 'notes.txt', RULES)).toEqual({
      bytes,
      notes: ['2 bytes are no UTF-8 and were read as they stand.'],
    });
  });

  it.each([
    ['nothing at all', new Uint8Array(), 'file-empty', 'notes.txt is empty (0 bytes).'],
    ['only a mark', Uint8Array.of(0xef, 0xbb, 0xbf), 'file-empty', 'notes.txt has a byte order mark and nothing else.'],
    ['only a mark of UTF-16', Uint8Array.of(0xff, 0xfe), 'file-empty', 'notes.txt has a byte order mark and nothing else.'],
    ['zero bytes', Uint8Array.of(0x68, 0x00, 0x69, 0x21), 'text-binary', 'notes.txt is binary: it holds zero bytes, not text.'],
    ['control characters', Uint8Array.of(1, 2, 3, 0x68), 'text-binary', 'notes.txt is binary: it holds control characters, not text.'],
    [
      'much that is no UTF-8',
      Uint8Array.from({ length: 200 }, (_, i) => (i % 2 ? 0xc0 + (i % 30) : 0x41)),
      'text-binary',
      'notes.txt is binary: it holds bytes that are no UTF-8, not text.',
    ],
  ])('refuses %s with a sentence', (_, bytes, code, message) => {
    const error = refused(bytes);
    expect([error.code, error.message]).toEqual([code, message]);
    expect(error.hint).not.toBe('');
  });

  it('refuses what is larger than the rules allow, with both sizes', () => {
    const error = refused(new Uint8Array(4_200_000).fill(0x61));
    expect([error.code, error.message]).toEqual(['file-too-large', 'notes.txt is 4.2 MB; a text may be at most 4 MB.']);
  });

  it('names the kind of a file that a caller recognises', () => {
    const error = refused(utf8('%PDF-1.7'), { ...RULES, kindOf: () => 'a PDF document' } as typeof RULES);
    expect([error.code, error.message]).toEqual(['text-binary', 'notes.txt is a PDF document, not text.']);
  });

  it('answers with bytes or a LabError, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          expect(decodeTextFile(bytes, 'x', RULES).bytes.length).toBeGreaterThan(0);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(LabError);
        }
      }),
      { numRuns: 500, seed: 5 },
    );
  });
});
