/** Heat under the cells: painted and set on the elements themselves, so that going from latent to latent renders nothing anew. */
import { type RefObject, useLayoutEffect } from 'react';
import type { ColourTable } from '../../draw/colour-maps';
import type { Scale } from '../../draw/scales';
import { type CellInk, cellInk, paintHeatLine } from './heat-ink';
import type { CellSize, TextView } from './use-text-view';

/** Attention over the rows of the part that is read. */
export interface TextHeat {
  /** [bytes + 2]: weights, [CLS] first. */
  readonly weights: ArrayLike<number>;
  readonly scale: Scale;
  /** M: weight × attended is the multiple of uniform. */
  readonly attended: number;
}

/** What was set last on an element: what stays as it is costs no style to be worked out anew. */
const lastInk = new WeakMap<HTMLElement, CellInk>();

function setInk(element: HTMLElement, ink: CellInk | null): void {
  const known = lastInk.get(element) ?? null;
  if (known === ink) return;
  if (ink) lastInk.set(element, ink);
  else lastInk.delete(element);
  if ((known?.color ?? '') !== (ink?.color ?? '')) element.style.color = ink?.color ?? '';
  if ((known?.image ?? '') !== (ink?.image ?? '')) element.style.backgroundImage = ink?.image ?? '';
}

/** @param lines holds a canvas for every line and an element for every cell (`text-row.tsx`). */
export function useHeat(
  lines: RefObject<HTMLElement | null>,
  view: TextView,
  size: CellSize,
  heat: TextHeat | null,
  table: ColourTable,
): void {
  useLayoutEffect(() => {
    const shown = heat && heat.weights.length === view.bytes.length + 2 ? heat : null;
    const { layout, maskedCells } = view;
    const ratio = window.devicePixelRatio || 1;
    for (const canvas of lines.current?.querySelectorAll('canvas') ?? []) {
      const pixels = shown
        ? paintHeatLine(layout, Number(canvas.dataset.row), size.pitch * ratio, shown.weights, shown.scale, table)
        : null;
      canvas.hidden = pixels === null;
      if (!pixels) continue;
      const width = pixels.length / 4;
      if (canvas.width !== width) canvas.width = width;
      canvas.style.width = `${width / ratio}px`;
      canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, 1), 0, 0);
    }
    for (const cell of lines.current?.querySelectorAll<HTMLElement>('[data-unit]') ?? []) {
      const unit = layout.units[Number(cell.dataset.unit)];
      const glyph = cell.firstElementChild as HTMLElement | null;
      if (!unit || !glyph) continue;
      // A predicted character stands over all of its masked bytes, each with heat of its own.
      const span = unit.kind === 'masked' ? (maskedCells.get(unit.start)?.glyph?.span ?? 1) : unit.end - unit.start;
      const ink = shown && cellInk(shown.weights, unit.start + 1, unit.start + 1 + span, shown.scale, table);
      setInk(glyph, ink);
      // The box of a masked byte has the ink of its own ground.
      if (unit.kind === 'masked') setInk(cell, shown && cellInk(shown.weights, unit.start + 1, unit.end + 1, shown.scale, table));
    }
  }, [lines, view, size, heat, table]);
}
