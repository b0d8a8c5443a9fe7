import { CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { expandMasks, parseCount, parseEngine, parseMask, parseName, usageError } from './options';

describe('options', () => {
  it('collect masks, END exclusive', () => {
    expect(parseMask('4:9', parseMask('0:1'))).toEqual([
      { start: 0, end: 1 },
      { start: 4, end: 9 },
    ]);
  });

  it.each(['4', '9:4', '4:4', '-1:4', 'a:b', '1:2:3', '99999999999:2'])('refuse the mask %s', (value) => {
    expect(() => parseMask(value)).toThrow(/START:END/);
  });

  it('take several masks after one --mask, and never an input', () => {
    expect(expandMasks(['run', '--mask', '1:2', '3:4', 'note.txt', '--mask=5:6'])).toEqual([
      'run',
      '--mask',
      '1:2',
      '--mask',
      '3:4',
      'note.txt',
      '--mask=5:6',
    ]);
  });

  it.each(['0', '257', '2.5', '-1', 'x', ''])('refuse %s as a count up to 256', (value) => {
    expect(() => parseCount(256)(value)).toThrow(/whole number from 1 to 256/);
  });

  it('refuse an empty name', () => {
    expect(parseName('maps')).toBe('maps');
    expect(() => parseName('')).toThrow(/empty/);
  });

  it('name engines exactly', () => {
    expect(parseEngine('wasm')).toBe('wasm');
    expect(() => parseEngine('webgpu')).toThrow(/window only/);
    expect(() => parseEngine('Native')).toThrow(/native or wasm/);
  });

  it('that are wrong are told as any error is', () => {
    const error = usageError(new CommanderError(1, 'commander.unknownOption', "error: unknown option '--jsn'\n(Did you mean --json?)"));
    expect(error).toMatchObject({
      code: 'usage',
      message: "Unknown option '--jsn'.",
      hint: expect.stringMatching(/^\(Did you mean --json\?\) Add/),
    });
  });
});
