/**
 * Attention answers, asked for once and kept (arrays.attention). What a person points at goes first, the newest of it before
 * the rest; what a gallery needs waits behind it in the order it was asked for. What belongs to a run that is no longer shown
 * is dropped. A question that failed is not asked again by itself. A run that its engine has forgotten is run again in
 * silence, once.
 */
import { LabError, type LabErrorData } from '../../models/lab-error';
import type { AttentionAnswer, AttentionQuestion } from '../../models/runtime/types';
import { errorData, type LabContext } from './context';

const AT_ONCE = 2;
/** Pointing quickly over a gallery asks more than a person waits for. */
const MOST_WAITING = 64;

export interface Attention {
  /** The answer where it is kept; otherwise null, and it is asked for, unless it has failed. */
  answer(question: AttentionQuestion, urgency?: 'pointed' | 'gallery'): AttentionAnswer | null;
  /** Only what is kept. */
  peek(question: AttentionQuestion): AttentionAnswer | null;
  /** Why a question has no answer, where it failed. */
  failure(question: AttentionQuestion): LabErrorData | null;
  /** Forgets every failure, so that whatever is on screen asks again. */
  retry(): void;
  /** Forgets what waits for other runs than this one. */
  showing(runId: string | null): void;
}

export function questionKey(question: AttentionQuestion): string {
  return JSON.stringify(question);
}

/** @param runAgain brings a forgotten run back under its id. */
export function createAttention(context: LabContext, runAgain: (runId: string) => Promise<void>): Attention {
  const { store, arrays } = context;
  /** The newest is asked first. */
  const pointed: AttentionQuestion[] = [];
  /** The oldest is asked first: a gallery asks for its tiles from the view outwards. */
  const gallery: AttentionQuestion[] = [];
  const asked = new Set<string>();
  const failed = new Map<string, LabErrorData>();
  let active = 0;
  const returning = new Map<string, Promise<void>>();

  /** Two questions in flight miss the same run: it is run once. */
  const again = (runId: string): Promise<void> => {
    const run = returning.get(runId) ?? runAgain(runId).finally(() => returning.delete(runId));
    returning.set(runId, run);
    return run;
  };

  const next = (): void => {
    while (active < AT_ONCE) {
      const question = pointed.pop() ?? gallery.shift();
      if (!question) return;
      active += 1;
      void ask(question).finally(() => {
        active -= 1;
        next();
      });
    }
  };

  const count = (): void => store.setState({ answers: store.getState().answers + 1 });

  const ask = async (question: AttentionQuestion): Promise<void> => {
    const key = questionKey(question);
    try {
      arrays.attention.set(key, await askOnce(question));
      asked.delete(key);
      count();
    } catch (thrown) {
      asked.delete(key);
      const error = errorData(thrown);
      if (error.code === 'cancelled' || question.runId !== store.getState().shownRunId) return;
      failed.set(key, error);
      count();
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
    answer(question, urgency = 'pointed') {
      const key = questionKey(question);
      const kept = arrays.attention.get(key);
      if (kept) return kept;
      if (asked.has(key) || failed.has(key)) return null;
      asked.add(key);
      (urgency === 'pointed' ? pointed : gallery).push(question);
      for (const old of pointed.splice(0, pointed.length - MOST_WAITING)) asked.delete(questionKey(old));
      queueMicrotask(next);
      return null;
    },
    peek: (question) => arrays.attention.get(questionKey(question)) ?? null,
    failure: (question) => failed.get(questionKey(question)) ?? null,
    retry() {
      failed.clear();
      count();
    },
    showing(runId) {
      failed.clear();
      for (const list of [pointed, gallery]) {
        for (const question of list) if (question.runId !== runId) asked.delete(questionKey(question));
        list.splice(0, list.length, ...list.filter((question) => question.runId === runId));
      }
    },
  };
}
