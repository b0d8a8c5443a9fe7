import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatError, formatMs, formatPercent, formatProbability, formatShort, formatTimes } from './format';

/** Thin spaces are written as plain ones here. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('numbers as the window writes them', () => {
  it.each([
    [formatCount(50176), '50,176'],
    [formatCount(-3), '−3'],
    [formatShort(4555.2), '4,555'],
    [formatShort(26400), '26k'],
    [formatShort(3.14), '3.1'],
    [formatPercent(0.642), '64.2 %'],
    [formatPercent(0.00106), '0.106 %'],
    [formatPercent(0.000001), '< 0.001 %'],
    [formatPercent(0), '0 %'],
    [formatPercent(0.99999), '99.9 %'],
    [formatPercent(1), '100.0 %'],
    [formatProbability(0.003), '0.3 %'],
    [formatProbability(0.0001), '< 0.1 %'],
    [formatTimes(53.28), '53.3×'],
    [formatTimes(1234.5), '1,235×'],
    [formatMs(0.62), '0.6 ms'],
    [formatMs(139.84), '139.8 ms'],
    [formatMs(999.96), '1.00 s'],
    [formatMs(1620), '1.62 s'],
    [formatMs(125_000), '2 min 5 s'],
    [formatBytes(6_600_000), '6.6 MB'],
    [formatBytes(804_000_000), '804 MB'],
    [formatBytes(1_900_000_000), '1.9 GB'],
    [formatBytes(512), '512 B'],
    [formatError(0.0015), '1.5e-3'],
  ])('%s', (got, wanted) => {
    expect(plain(got)).toBe(wanted);
  });
});
