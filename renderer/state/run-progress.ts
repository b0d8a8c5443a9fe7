/** Progress of a run, drawn now and then: in the strip, and of long work in the dock too. */
import type { RunProgress } from '../../models/runtime/types';
import type { LabContext } from './context';
import type { StageTimes } from './types';

/** Work that takes longer is shown in the dock too. */
export const LONG_WORK_MS = 10_000;
/** Drawing the window takes longer than a stage of a small model: the first word of progress at once, others together. */
const PROGRESS_MS = 60;

/** Stages of a run as they are told, drawn now and then. */
export function createProgress({ store, host }: Pick<LabContext, 'store' | 'host'>, runId: string) {
  let waiting: RunProgress[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    const { running } = store.getState();
    const told = waiting;
    waiting = [];
    const last = told.at(-1);
    if (!last || running?.runId !== runId) return;
    const stages: StageTimes = { ...running.stages };
    for (const { stage, done, steps, elapsedMs } of told) stages[stage] = { done, steps, elapsedMs: elapsedMs ?? null };
    store.setState({ running: { ...running, stage: last.stage, stages } });
    if (Date.now() - running.startedAt > LONG_WORK_MS)
      void host.workProgress({ fraction: last.done / last.steps, failed: false }).catch(() => undefined);
  };
  return {
    tell(told: RunProgress): void {
      waiting.push(told);
      if (timer !== undefined) return;
      flush();
      timer = setTimeout(() => {
        timer = undefined;
        flush();
      }, PROGRESS_MS);
    },
    flush,
    end: () => clearTimeout(timer),
  };
}
