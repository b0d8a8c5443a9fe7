/**
 * Attention answers, asked for once and kept (arrays.attention). Newest questions first, a few at a time; what belongs to a
 * run that is no longer shown is dropped. A run that its engine has forgotten is run again in silence, once.
 */
import { LabError } from '../../models/lab-error';
import type { AttentionAnswer, AttentionQuestion } from '../../models/runtime/types';
import { errorData, type LabContext } from './context';

const AT_ONCE = 2;
/** Pointing quickly over a gallery asks more than a person waits for. */
const MOST_WAITING = 64;

export interface Attention {
  /** The answer where it is kept; otherwise null, and it is asked for. */
  answer(question: AttentionQuestion): AttentionAnswer | null;
  /** Only what is kept. */
  peek(question: AttentionQuestion): AttentionAnswer | null;
  /** Forgets what waits for other runs than this one. */
  showing(runId: string | null): void;
  /** Makes sure a forgotten run is there again. */
  readonly again: (runId: string) => Promise<void>;
}

export function questionKey(question: AttentionQuestion): string {
  return JSON.stringify(question);
}

export function createAttention(context: LabContext, again: (runId: string) => Promise<void>): Attention {
  const { store, arrays } = context;
  const waiting: AttentionQuestion[] = [];
  const asked = new Set<string>();
  let active = 0;

  const next = (): void => {
    while (active < AT_ONCE) {
      const question = waiting.pop();
      if (!question) return;
      active += 1;
      void ask(question).finally(() => {
        active -= 1;
        next();
      });
    }
  };

  const ask = async (question: AttentionQuestion): Promise<void> => {
    const key = questionKey(question);
    try {
      arrays.attention.set(key, await askOnce(question));
      store.setState({ answers: store.getState().answers + 1, attentionError: null });
    } catch (thrown) {
      const error = errorData(thrown);
      if (error.code !== 'cancelled' && question.runId === store.getState().shownRunId) store.setState({ attentionError: error });
    } finally {
      asked.delete(key);
    }
  };

  const askOnce = async (question: AttentionQuestion): Promise<AttentionAnswer> => {
    const entry = store.getState().runs.find((run) => run.id === question.runId);
    if (!entry) throw LabError.cancelled();
    const engine = await context.engine(entry.engine);
    try {
      return (await engine.ask(question)) as AttentionAnswer;
    } catch (thrown) {
      const { code } = LabError.from(thrown);
      if (code !== 'run-forgotten' && code !== 'engine-lost') throw thrown;
      await again(question.runId);
      return (await (await context.engine(entry.engine)).ask(question)) as AttentionAnswer;
    }
  };

  return {
    again,
    answer(question) {
      const key = questionKey(question);
      const kept = arrays.attention.get(key);
      if (kept) return kept;
      if (!asked.has(key)) {
        asked.add(key);
        waiting.push(question);
        if (waiting.length > MOST_WAITING)
          for (const old of waiting.splice(0, waiting.length - MOST_WAITING)) asked.delete(questionKey(old));
        queueMicrotask(next);
      }
      return null;
    },
    peek: (question) => arrays.attention.get(questionKey(question)) ?? null,
    showing(runId) {
      const stale = waiting.filter((question) => question.runId !== runId);
      for (const question of stale) asked.delete(questionKey(question));
      waiting.splice(0, waiting.length, ...waiting.filter((question) => question.runId === runId));
    },
  };
}
