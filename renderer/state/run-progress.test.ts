import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type FakeLab, settled, startFakeLab } from './fake-doors';
import { createProgress } from './run-progress';

let fake: FakeLab;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  fake = await startFakeLab();
});
afterEach(() => vi.useRealTimers());

it('The first word of progress is drawn at once, what follows together, and nothing of a run that is over', async () => {
  fake.engine.hold();
  void fake.lab.runs.run();
  await settled();
  const { store } = fake.lab;
  const running = () => store.getState().running;
  const progress = createProgress({ store, host: {} as never }, running()!.runId);
  const drawn = vi.fn();
  store.subscribe(drawn);
  progress.tell({ stage: 'preprocess', done: 0, steps: 1 });
  expect(running()?.stage).toBe('preprocess');
  progress.tell({ stage: 'preprocess', done: 1, steps: 1, elapsedMs: 3 });
  progress.tell({ stage: 'process', done: 2, steps: 6 });
  expect(drawn).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(100);
  expect(drawn).toHaveBeenCalledTimes(2);
  expect(running()).toMatchObject({ stage: 'process', stages: { preprocess: { elapsedMs: 3 }, process: { done: 2, steps: 6 } } });
  progress.tell({ stage: 'decode', done: 0, steps: 1 });
  fake.lab.runs.leave();
  progress.flush();
  expect(running()).toBeNull();
});
