import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { LabError } from '../../models/lab-error';
import type { AttentionAnswer, AttentionQuestion } from '../../models/runtime/types';
import { createArrays } from './arrays';
import { createAttention } from './attention';
import type { LabContext } from './context';
import { INITIAL_STATE } from './defaults';
import type { LabState, RunEntry } from './types';

const question = (row: number, runId = 'a'): AttentionQuestion => ({ runId, step: { kind: 'encoder' }, head: 'mean', rows: [row] });
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

/** An engine that answers when told to, and notes in which order it was asked. */
function start() {
  const order: number[] = [];
  const held: (() => void)[] = [];
  const broken = new Set<number>();
  const forgotten = new Set<number>();
  const again: string[] = [];
  const runs = ['a', 'b'].map((id) => ({ id, engine: 'native' }) as RunEntry);
  const store = createStore<LabState>(() => ({ ...INITIAL_STATE, runs, shownRunId: 'a' }));
  const ask = async ({ rows }: AttentionQuestion): Promise<AttentionAnswer> => {
    const row = rows === 'all' ? -1 : rows[0]!;
    order.push(row);
    await new Promise<void>((release) => held.push(release));
    if (forgotten.delete(row)) throw new LabError('run-forgotten', 'It was forgotten.', 'Run again.');
    if (broken.has(row)) throw new LabError('engine-lost', 'It ended.', 'Run again.');
    return { rows: Uint32Array.of(row), columns: 1, weights: Float32Array.of(row) } as unknown as AttentionAnswer;
  };
  const context = { store, arrays: createArrays(), engine: async () => ({ ask }) } as unknown as LabContext;
  const release = async (): Promise<void> => {
    for (;;) {
      await settled();
      const waiting = held.splice(0);
      if (waiting.length === 0) return;
      for (const go of waiting) go();
    }
  };
  const runAgain = async (runId: string): Promise<void> => {
    again.push(runId);
    await new Promise<void>((release) => held.push(release));
  };
  return { attention: createAttention(context, runAgain), store, order, broken, forgotten, again, release };
}

describe('the order of attention questions', () => {
  it('asks a gallery first in, first out, and what is pointed at before it, newest first', async () => {
    const { attention, order, release } = start();
    for (const row of [0, 1, 2, 3]) attention.answer(question(row), 'gallery');
    await settled();
    for (const row of [10, 11, 12]) attention.answer(question(row));
    await release();
    expect(order).toEqual([0, 1, 12, 11, 10, 2, 3]);
  });

  it('asks each question once and hands out what it keeps', async () => {
    const { attention, order, release } = start();
    expect(attention.answer(question(5))).toBeNull();
    expect(attention.answer(question(5))).toBeNull();
    await release();
    expect(order).toEqual([5]);
    expect(attention.answer(question(5))?.weights[0]).toBe(5);
  });

  it('drops what waits for a run that is no longer shown', async () => {
    const { attention, order, release } = start();
    for (const row of [0, 1, 2]) attention.answer(question(row), 'gallery');
    await settled();
    attention.answer(question(7, 'b'));
    attention.showing('b');
    await release();
    expect(order).toEqual([0, 1, 7]);
  });
});

it('a forgotten run is run again once, however many questions miss it', async () => {
  const { attention, forgotten, again, release } = start();
  for (const row of [1, 2]) {
    forgotten.add(row);
    attention.answer(question(row));
  }
  await release();
  expect(again).toEqual(['a']);
  expect(attention.peek(question(1))?.weights[0]).toBe(1);
  expect(attention.peek(question(2))?.weights[0]).toBe(2);
});

describe('a question that failed', () => {
  it('says why, is not asked again by itself, and is asked again on demand', async () => {
    const { attention, store, order, broken, release } = start();
    broken.add(4);
    attention.answer(question(4));
    await release();
    expect(order).toEqual([4, 4]);
    expect(attention.failure(question(4))).toMatchObject({ code: 'engine-lost', message: 'It ended.' });
    expect(store.getState().answers).toBe(1);
    expect(attention.answer(question(4))).toBeNull();
    await release();
    expect(order).toEqual([4, 4]);

    broken.clear();
    attention.retry();
    expect(attention.failure(question(4))).toBeNull();
    expect(store.getState().answers).toBe(2);
    attention.answer(question(4));
    await release();
    expect(attention.answer(question(4))?.weights[0]).toBe(4);
  });

  it('leaves no failure behind for another run', async () => {
    const { attention, broken, release } = start();
    broken.add(4);
    attention.answer(question(4));
    await release();
    attention.showing('b');
    expect(attention.failure(question(4))).toBeNull();
  });
});
