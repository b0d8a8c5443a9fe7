/** Which pictures, texts and results the state still leads to: what is held in memory, and what may be dropped. */
import { shownRun } from './derived';
import type { LabInput, LabState, UndoStep } from './types';

export function arrayIdOf(input: LabInput): string {
  return input.kind === 'image' ? input.pictureId : input.textId;
}

/** What is on screen, or one step of undo away: without it the window would have nothing to show. */
export function heldIds(state: LabState): ReadonlySet<string> {
  const shown = shownRun(state);
  const inputs = [state.input, state.running?.input ?? null, shown?.input ?? null, ...inputsOf(state.undo), ...inputsOf(state.redo)];
  const ids = new Set(inputs.flatMap((input) => (input ? [arrayIdOf(input)] : [])));
  if (shown) ids.add(shown.id);
  return ids;
}

/** Everything a click leads to: also samples and runs, which may have to be read again. */
export function knownIds(state: LabState): ReadonlySet<string> {
  const ids = new Set(heldIds(state));
  for (const { input } of [...state.samples, ...state.runs]) if (input) ids.add(arrayIdOf(input));
  return ids;
}

function inputsOf(steps: readonly UndoStep[]): (LabInput | null)[] {
  return steps.flatMap(({ before, after }) => [before.input, after.input]);
}
