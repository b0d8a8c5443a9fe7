/**
 * One thing is opened for the stage at a time: what is asked for later ends what is still being read, so that the last click
 * decides what stands there. A person can end it, too. What only becomes a sample does not come by here.
 */
import type { LabErrorData } from '../../models/lab-error';
import { en } from '../app/language/en';
import { errorData, type LabContext, say } from './context';

export interface Opening {
  /** `work` looks at its signal after every wait: once aborted, nothing of it may reach the stage. */
  run(name: string, work: (signal: AbortSignal) => Promise<void>): Promise<void>;
  /** Ends what is being opened without a word; what was on the stage stays. */
  cancel(): void;
}

export function createOpening(context: LabContext): Opening {
  const { store } = context;
  let current: AbortController | null = null;
  const cancel = (): void => {
    current?.abort();
    current = null;
    if (store.getState().opening !== null) store.setState({ opening: null });
  };
  return {
    cancel,
    async run(name, work) {
      cancel();
      const controller = new AbortController();
      current = controller;
      store.setState({ opening: name, inputError: null });
      try {
        await work(controller.signal);
      } catch (thrown) {
        if (current === controller) complain(context, [errorData(thrown)]);
      } finally {
        if (current === controller) {
          current = null;
          store.setState({ opening: null });
        }
      }
    },
  };
}

/** Sentences of one opening, all in one place; of many files the first few. */
const MOST_SAID = 3;

export function complain(context: LabContext, errors: readonly LabErrorData[]): void {
  const [first] = errors;
  if (!first) return;
  const said = errors.slice(0, MOST_SAID);
  const more = errors.length - said.length;
  const message = [...said.map((error) => error.message), ...(more > 0 ? [en.errors.moreFiles(more)] : [])].join(' ');
  const inputError = { ...first, message, hint: [...new Set(said.map((error) => error.hint))].join(' ') };
  context.store.setState({ inputError });
  say(context, message);
}
