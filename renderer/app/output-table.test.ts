import { afterEach, expect, it, vi } from 'vitest';
import { startFakeLab } from '../state/fake-doors';
import { copyText } from './clipboard';
import { filledTable, outputTable } from './output-table';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
afterEach(() => vi.unstubAllGlobals());

it('names places of the whole text and characters, not positions of the part and numbers of bytes', () => {
  // "xxabé" masked from its third byte on; the part begins at byte 100 of the whole text.
  const output = {
    kind: 'bytes',
    topK: 1,
    topBytes: utf8('xxabé'),
    topProbabilities: Float32Array.of(1, 1, 0.5, 0.25, 0.75, 0.125),
    inputProbabilities: new Float32Array(6),
    masked: [2, 3, 4, 5],
    filled: utf8('xxabé'),
  } as const;
  expect(filledTable(utf8('xx....'), 100, output)).toBe('102\ta\t0.5\n103\tb\t0.25\n104\té\t0.125');
});

it('of a picture are its classes', async () => {
  const { lab } = await startFakeLab();
  expect(outputTable(lab)).toBe('cat\t1');
});

it('a clipboard that refuses is said in the window', async () => {
  const { lab } = await startFakeLab();
  vi.stubGlobal('navigator', { clipboard: { writeText: () => Promise.reject(new Error('no')) } });
  await copyText(lab, 'x');
  expect(lab.store.getState().inputError?.message).toMatch(/clipboard cannot be written/);
});
