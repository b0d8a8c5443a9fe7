import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { rawCommand } from './raw-command';

const CHECKPOINT = resolve(import.meta.dirname, '../../models/perceiver/fixtures/masked_lm/short_input');

it('raw stops where it is interrupted, and leaves no file', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'perceiver-lab-raw-'));
  try {
    const options = { inputs: join(CHECKPOINT, 'inputs.safetensors'), out: 'out.safetensors', attentions: false, hiddenStates: false };
    const raw = rawCommand(CHECKPOINT, { ...options, engine: 'native', folder }, AbortSignal.abort());
    await expect(raw).rejects.toMatchObject({ code: 'cancelled' });
    expect(existsSync(join(folder, 'out.safetensors'))).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
