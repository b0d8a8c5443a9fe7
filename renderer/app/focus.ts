/** Where focus goes when what had it is about to leave: nothing may drop a person at the top of the page. */

/** The title bar's Run (or Cancel): after a button that started a run and went with its box. */
export function focusRun(): void {
  document.querySelector<HTMLElement>('[data-run]')?.focus();
}

/** A column as a whole; the next Tab goes to its first control. */
export function focusRegion(name: 'Input' | 'Latents' | 'Output'): void {
  document.querySelector<HTMLElement>(`[data-region="${name}"]`)?.focus();
}

/** The picture or the text on the stage, else its column. */
export function focusStage(): void {
  const stage = document.querySelector<HTMLElement>('.column-input :is(.image-stage, .text-cells)');
  if (stage) stage.focus();
  else focusRegion('Input');
}
