/** Undo and redo of text and masks, region, sort: each step has a name. Runs are not undone. */
import type { LabContext } from './context';
import type { LabState, Undoable } from './types';

const MOST_STEPS = 200;

function undoableOf(state: LabState): Undoable {
  return { input: state.input, region: state.region, span: state.span, sort: state.sort, direction: state.direction };
}

/** Applies a change under a name. A change under the same `merge` key right after another becomes one step with it (typing, dragging). */
export function change(context: LabContext, label: string, next: Partial<Undoable>, merge = false): void {
  const { store } = context;
  const state = store.getState();
  const before = undoableOf(state);
  const after = { ...before, ...next };
  const last = state.undo.at(-1);
  const merged = merge && last?.label === label && last.after.input === before.input && last.after.region === before.region;
  const steps = merged ? [...state.undo.slice(0, -1), { label, before: last.before, after }] : [...state.undo, { label, before, after }];
  store.setState({ ...next, undo: steps.slice(-MOST_STEPS), redo: [] });
}

/** Takes the last step back. Returns whether the input changed, so that the run can follow. */
export function undo(context: LabContext): boolean {
  const { store } = context;
  const { undo: steps, redo } = store.getState();
  const step = steps.at(-1);
  if (!step) return false;
  store.setState({ ...step.before, undo: steps.slice(0, -1), redo: [...redo, step], said: `Undone: ${step.label}` });
  return step.before.input !== step.after.input;
}

export function redo(context: LabContext): boolean {
  const { store } = context;
  const { undo: steps, redo: undone } = store.getState();
  const step = undone.at(-1);
  if (!step) return false;
  store.setState({ ...step.after, undo: [...steps, step], redo: undone.slice(0, -1), said: `Done again: ${step.label}` });
  return step.before.input !== step.after.input;
}
