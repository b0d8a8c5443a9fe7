import { describe, expect, it } from 'vitest';
import { columnWidths, LEAST_INPUT, LEAST_LATENTS } from './column-widths';

describe('columns', () => {
  it.each([
    ['1440 with the sidebar, pictures', 1228, 'image', false, undefined, 488],
    ['1440 with the sidebar, text', 1228, 'text', false, undefined, 594],
    ['1280 with the sidebar, text', 1068, 'text', false, undefined, 452],
    ['1024, pictures', 976, 'image', true, undefined, 368],
    ['1280 after a width dragged in a larger window', 1068, 'image', false, 760, 452],
    ['a width from before there was a least one', 1228, 'image', false, 20, LEAST_INPUT],
    ['before anything is measured', 0, 'text', false, undefined, 594],
  ] as const)('%s', (_, room, modality, compact, saved, wanted) => {
    expect(columnWidths(room, modality, compact, saved).input).toBe(wanted);
  });

  it('leave Latents its least width from 880 on, with the rail of icons', () => {
    for (let window = 880; window < 1600; window += 1) {
      const compact = window < 1200;
      const room = window - (compact ? 48 : 212);
      for (const modality of ['image', 'text'] as const) {
        const { input, output } = columnWidths(room, modality, compact, 760);
        expect(room - input - output).toBeGreaterThanOrEqual(LEAST_LATENTS);
      }
    }
  });
});
