import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LabError } from '../../models/lab-error';
import type { ModalityName } from '../../models/runtime/types';
import type { FailedResult, Result } from './results';
import { type RunOptions, runCommand } from './run-command';
import { openSession, type Session } from './session';

vi.mock('./session', () => ({ openSession: vi.fn() }));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'perceiver-lab-run-'));
  for (const name of ['a.txt', 'b.txt', 'c.txt']) writeFileSync(join(folder, name), 'text');
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => vi.mocked(openSession).mockReset());

function opens(modality: ModalityName, run: Session['run']): void {
  const session = { model: 'model', info: { modality, inputRows: 64 }, engine: 'native', run, forget: vi.fn(), close: vi.fn() };
  vi.mocked(openSession).mockResolvedValue(session as unknown as Session);
}

async function run(names: readonly string[], given: Partial<RunOptions> = {}) {
  const told: (Result | FailedResult)[] = [];
  const output = {
    result: (result: Result) => told.push(result),
    failure: (failure: FailedResult) => told.push(failure),
    say: vi.fn(),
    progress: vi.fn(),
    progressEnd: vi.fn(),
  };
  const options = { engine: null, topK: 1, masks: [], lines: false, long: null, attention: null, folder, ...given };
  return { well: await runCommand('model', names, options, output, new AbortController().signal), told };
}

describe('inputs of one call', () => {
  it('have a line each, in their order, also where no engine is left for the rest', async () => {
    const gone = new LabError('engine-unavailable', 'It cannot be used now.', 'Choose another one.');
    const runs = vi.fn<Session['run']>().mockRejectedValue(gone);
    opens('text', runs);
    const { well, told } = await run(['a.txt', 'b.txt', 'c.txt']);
    expect(well).toBe(false);
    expect(told).toEqual(['a.txt', 'b.txt', 'c.txt'].map((input) => ({ input, error: gone.toData() })));
    expect(runs).toHaveBeenCalledTimes(1);
  });
});

describe('options that do nothing', () => {
  it.each([
    ['--long', { long: 'first' as const }],
    ['--lines', { lines: true }],
    ['--mask', { masks: [{ start: 0, end: 1 }] }],
  ])('are refused: %s with a picture model', async (flag, given) => {
    opens('image', vi.fn());
    await expect(run(['a.txt'], given)).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(flag) });
  });

  it('are found before a model is loaded where none is needed: standard input named twice', async () => {
    await expect(run(['-', '-'])).rejects.toMatchObject({ code: 'usage' });
    expect(openSession).not.toHaveBeenCalled();
  });
});
