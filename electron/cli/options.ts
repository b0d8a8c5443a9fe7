/** What stands behind an option on the command line, checked. Throws commander's error, which ends with exit code 2. */
import { type CommanderError, InvalidArgumentError } from 'commander';
import { LabError } from '../../models/lab-error';
import type { ByteSpan } from '../../models/runtime/types';
import { PROCESS_ENGINES, type ProcessEngine } from '../contract/engine-process';

export function parseEngine(value: string): ProcessEngine {
  const engine = PROCESS_ENGINES.find((name) => name === value);
  if (engine) return engine;
  if (value === 'webgpu') throw new InvalidArgumentError('webgpu runs in a window only; here it is native or wasm.');
  throw new InvalidArgumentError('It is native or wasm.');
}

/** A variable of the shell that is not set gives an empty name, which would stand for the folder one is in. */
export function parseName(value: string): string {
  if (value !== '') return value;
  throw new InvalidArgumentError('It is empty.');
}

export function parseCount(highest: number): (value: string) => number {
  return (value) => {
    const count = Number(value);
    if (/^\d+$/.test(value) && count >= 1 && count <= highest) return count;
    throw new InvalidArgumentError(`It is a whole number from 1 to ${highest.toLocaleString('en')}.`);
  };
}

/** Collects `--mask START:END ...`, END exclusive. */
export function parseMask(value: string, before: readonly ByteSpan[] = []): ByteSpan[] {
  const found = /^(\d{1,9}):(\d{1,9})$/.exec(value);
  const [start, end] = [Number(found?.[1]), Number(found?.[2])];
  if (!found || start >= end) {
    throw new InvalidArgumentError('A mask is START:END in bytes from 0, END not included and above START, as in 4:9.');
  }
  return [...before, { start, end }];
}

export function parseLong(value: string): 'first' | 'slide' {
  if (value === 'first' || value === 'slide') return value;
  throw new InvalidArgumentError('It is first or slide.');
}

/** `--mask 1:2 3:4 file` is `--mask 1:2 --mask 3:4 file`: what looks like a mask after one is one, anything else an input. */
export function expandMasks(args: readonly string[]): string[] {
  const expanded: string[] = [];
  let inMasks = false;
  for (const arg of args) {
    const isMask = /^\d+:\d+$/.test(arg);
    if (inMasks && isMask && expanded.at(-1) !== '--mask') expanded.push('--mask');
    expanded.push(arg);
    inMasks = arg === '--mask' || (inMasks && isMask);
  }
  return expanded;
}

/** `error: unknown option '--jsn'\n(Did you mean --json?)` as our errors are. */
export function usageError({ message }: CommanderError): LabError {
  const [what = '', ...more] = message.replace(/^error: /, '').split('\n');
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)}`.replace(/[^.]$/, '$&.');
  return new LabError('usage', sentence, [...more, 'Add --help for all options and examples.'].join(' '));
}
