import { describe, expect, it } from 'vitest';
import { coresIn, physicalCores } from './cores';

const processor = (index: number, core: number, packageId: number) =>
  `processor\t: ${index}\nphysical id\t: ${packageId}\ncore id\t\t: ${core}\n`;

describe('physical cores', () => {
  it('count two threads of one core once, and the same core number in two packages twice', () => {
    expect(coresIn([processor(0, 0, 0), processor(1, 1, 0), processor(2, 0, 0), processor(3, 1, 0)].join('\n'))).toBe(2);
    expect(coresIn([processor(0, 0, 0), processor(1, 0, 1)].join('\n'))).toBe(2);
  });

  it('are the processors where the system names no cores', () => {
    expect(coresIn('processor\t: 0\nBogoMIPS\t: 100\n\nprocessor\t: 1\n\nHardware\t: x\n')).toBe(2);
    expect(coresIn('')).toBeNull();
  });

  it('are at least one here', () => {
    expect(physicalCores()).toBeGreaterThanOrEqual(1);
  });
});
