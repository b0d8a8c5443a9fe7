import { totalmem } from 'node:os';
import { describe, expect, it } from 'vitest';
import { memoryLimitBytes } from './memory-limit';

describe('the memory an engine may grow to', () => {
  it('is half of what a container leaves', () => {
    expect(memoryLimitBytes(32e9, 4e9)).toBe(2e9);
  });

  it.each([0, 4096, 2 ** 64, 2 ** 63 - 4096, Number.NaN])('is half of the machine’s where the constraint is %s', (constrained) => {
    expect(memoryLimitBytes(32e9, constrained)).toBe(16e9);
  });

  it('is something sensible here', () => {
    expect(memoryLimitBytes()).toBeGreaterThan(100e6);
    expect(memoryLimitBytes()).toBeLessThanOrEqual(totalmem() / 2);
  });
});
