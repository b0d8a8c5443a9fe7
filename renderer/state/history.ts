/** Undo and redo of text and masks, region, sort: each step has a name. Runs are not undone. */
import { en } from '../app/language/en';
import { type LabContext, say } from './context';
import { knownIds } from './in-use';
import type { LabInput, LabState, Undoable, UndoStep } from './types';

const MOST_STEPS = 200;
/** Changes that may become one step do so until nothing was changed for this long. */
const MERGE_MS = 1000;
/** Every step of editing keeps the text before it; beyond this many bytes the oldest steps go. */
const MOST_TEXT_BYTES = 128e6;

function undoableOf(state: LabState): Undoable {
  return { input: state.input, region: state.region, span: state.span, sort: state.sort, direction: state.direction };
}

/** Applies a change under a name. With `merge`, one right after another of the same name becomes one step with it (typing, arrow keys). */
export function change(context: LabContext, label: string, next: Partial<Undoable>, merge = false): void {
  const { store } = context;
  const state = store.getState();
  const before = undoableOf(state);
  const last = state.undo.at(-1);
  const now = Date.now();
  const merged =
    merge && last?.label === label && now < last.mergesUntil && last.after.input === before.input && last.after.region === before.region;
  const step: UndoStep = {
    label,
    before: merged ? last.before : before,
    after: { ...before, ...next },
    mergesUntil: merge ? now + MERGE_MS : 0,
  };
  const steps = [...(merged ? state.undo.slice(0, -1) : state.undo), step];
  store.setState({ ...next, undo: affordable(steps.slice(-MOST_STEPS)), redo: [] });
  dropUnused(context, state);
}

/** What comes next is a step of its own: editing has ended, or the person has seen a result. */
export function endMerging({ store }: LabContext): void {
  const { undo: steps } = store.getState();
  const last = steps.at(-1);
  if (last && last.mergesUntil > 0) store.setState({ undo: [...steps.slice(0, -1), { ...last, mergesUntil: 0 }] });
}

/** Takes the last step back. Returns whether the input changed, so that the run can follow. */
export function undo(context: LabContext): boolean {
  const { store } = context;
  const { undo: steps, redo } = store.getState();
  const step = steps.at(-1);
  if (!step) return false;
  store.setState({ ...step.before, undo: steps.slice(0, -1), redo: [...redo, { ...step, mergesUntil: 0 }] });
  say(context, en.undone(step.label));
  return step.before.input !== step.after.input;
}

export function redo(context: LabContext): boolean {
  const { store } = context;
  const { undo: steps, redo: undone } = store.getState();
  const step = undone.at(-1);
  if (!step) return false;
  store.setState({ ...step.after, undo: [...steps, step], redo: undone.slice(0, -1) });
  say(context, en.doneAgain(step.label));
  return step.before.input !== step.after.input;
}

/** The newest steps whose texts fit; the last one always stays. */
function affordable(steps: readonly UndoStep[]): readonly UndoStep[] {
  const sizes = new Map<string, number>();
  let bytes = 0;
  for (let index = steps.length - 1; index >= 0; index -= 1) {
    const step = steps[index] as UndoStep;
    for (const input of [step.before.input, step.after.input]) {
      if (input?.kind !== 'text' || sizes.has(input.textId)) continue;
      sizes.set(input.textId, input.byteCount);
      bytes += input.byteCount;
    }
    if (bytes > MOST_TEXT_BYTES && index < steps.length - 1) return steps.slice(index + 1);
  }
  return steps;
}

/** Texts between two letters of one step, and those of steps that went, are of no use to anyone. */
function dropUnused({ store, arrays }: LabContext, before: LabState): void {
  const known = knownIds(store.getState());
  const drop = (input: LabInput | null): void => {
    if (input?.kind === 'text' && !known.has(input.textId)) arrays.texts.delete(input.textId);
  };
  drop(before.input);
  for (const step of [...before.undo, ...before.redo]) {
    drop(step.before.input);
    drop(step.after.input);
  }
}
