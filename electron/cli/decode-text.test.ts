import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LabError } from '../../models/lab-error';
import { decodeText } from './decode-text';
import { SVG, sniff } from './sniff';

const hostile = (file: string): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, 'fixtures', 'hostile', file)));
const asText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('a text file', () => {
  it.each(['crlf.txt', 'many-scripts.txt', 'only-spaces.txt'])('%s is read byte for byte', (file) => {
    const { bytes, notes } = decodeText(hostile(file), file);
    expect(Buffer.compare(bytes, hostile(file))).toBe(0);
    expect(notes).toEqual([]);
  });

  it('loses its byte order mark and says so', () => {
    const { bytes, notes } = decodeText(hostile('bom.txt'), 'bom.txt');
    expect(asText(bytes)).toBe('A text that begins with a byte order mark.');
    expect(notes).toEqual([expect.stringMatching(/byte order mark \(3 bytes\).*count from after it/)]);
  });

  it.each([
    ['invalid-utf8.txt', /^6 bytes are no UTF-8 and were read as they stand\.$/],
    ['latin1.txt', /^3 bytes are no UTF-8/],
  ])('%s keeps bytes that are no UTF-8 and says how many', (file, note) => {
    const { bytes, notes } = decodeText(hostile(file), file);
    expect(Buffer.compare(bytes, hostile(file))).toBe(0);
    expect(notes[0]).toMatch(note);
  });

  it.each([
    ['utf16.txt', 'A text in UTF-16, with a mark.', /^It is UTF-16/],
    ['utf16-no-mark.txt', 'A text in UTF-16 LE.', /^It looks like UTF-16 without a mark/],
  ])('%s is read as UTF-8 and says so', (file, text, note) => {
    const { bytes, notes } = decodeText(hostile(file), file);
    expect(asText(bytes)).toBe(text);
    expect(notes[0]).toMatch(note);
  });

  it.each([
    ['random.txt', /zero bytes/],
    ['control.txt', /zero bytes/],
    ['truncated.png', /a PNG, not text/],
    ['mulaw8k.wav', /a WAV sound, not text/],
  ])('%s is refused as binary', (file, sentence) => {
    const work = (): unknown => decodeText(hostile(file), file);
    expect(work).toThrow(sentence);
    expect(work).toThrow(LabError);
  });

  it('of comments that lead to nothing is told from a drawing at once', () => {
    const comments = new TextEncoder().encode('<!---->'.repeat(140));
    expect(sniff(comments)).toBeNull();
    const drawing = new TextEncoder().encode(`<?xml version="1.0"?>\n${'<!-- -->\n'.repeat(40)}<!DOCTYPE svg>\n<svg width="1"/>`);
    expect(sniff(drawing)).toBe(SVG);
  });

  it('with a mark and nothing else is empty', () => {
    expect(() => decodeText(Uint8Array.of(0xef, 0xbb, 0xbf), 'mark.txt')).toThrow(/nothing else/);
  });
});
