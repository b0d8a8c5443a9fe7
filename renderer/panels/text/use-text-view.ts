/** What the stage shows of a text: the part that is read, its cells, their lines, and predictions in the masked ones. */
import { type RefObject, useLayoutEffect, useMemo, useState } from 'react';
import type { ByteSpan } from '../../../models/runtime/types';
import { type BytesOutput, runsOf } from './filled-spans';
import { layoutText, type TextLayout } from './text-layout';
import { insidePart } from './text-part';
import { maskFlags, type PredictedGlyph, predictedGlyphs, textUnits } from './text-units';

/** Sizes of the stage, CSS px. */
export interface CellSize {
  readonly pitch: number;
  readonly line: number;
}

const NARROW = 400;
const FEWEST_COLUMNS = 8;

/** Cells are 10.5 px wide, or wide enough for two hexadecimal digits; lines are lower in a narrow column. */
export function cellSize(width: number, ids: boolean): CellSize {
  if (ids) return { pitch: 18, line: 52 };
  return { pitch: 10.5, line: width < NARROW ? 33 : 37 };
}

export function columnsIn(width: number, { pitch }: CellSize): number {
  return Math.max(FEWEST_COLUMNS, Math.floor(width / pitch));
}

export function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const measured = element.current;
    if (!measured) return;
    const read = (): void => setWidth(measured.clientWidth);
    read();
    const observer = new ResizeObserver(read);
    observer.observe(measured);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

export interface MaskedCell {
  /** What the model put there; null while it has not answered, and after the first byte of a longer character. */
  readonly glyph: PredictedGlyph | null;
  readonly wrong: boolean;
}

export interface TextView {
  /** The part that is read. */
  readonly bytes: Uint8Array;
  /** [bytes]: 1 where masked. */
  readonly masked: Uint8Array;
  readonly layout: TextLayout;
  /** By byte of the part; masked bytes only. */
  readonly maskedCells: ReadonlyMap<number, MaskedCell>;
  readonly characters: number;
  readonly maskedCount: number;
}

/** @param output of a run over the same part; null, or of another length, and masked cells stay empty. */
export function useTextView(
  text: Uint8Array,
  part: ByteSpan,
  masks: readonly ByteSpan[],
  output: BytesOutput | null,
  columns: number,
  ids: boolean,
): TextView {
  const { start, end } = part;
  const bytes = useMemo(() => text.subarray(start, end), [text, start, end]);
  const masked = useMemo(() => maskFlags(end - start, insidePart(masks, { start, end })), [masks, start, end]);
  const units = useMemo(() => textUnits(bytes, masked), [bytes, masked]);
  const layout = useMemo(() => layoutText(units, columns, ids), [units, columns, ids]);
  const maskedCells = useMemo(() => cellsOfMasks(bytes, masked, output), [bytes, masked, output]);
  return useMemo(() => {
    const characters = textUnits(bytes, new Uint8Array(bytes.length)).length - 2;
    return { bytes, masked, layout, maskedCells, characters, maskedCount: masked.reduce((sum, flag) => sum + flag, 0) };
  }, [bytes, masked, layout, maskedCells]);
}

function cellsOfMasks(bytes: Uint8Array, masked: Uint8Array, output: BytesOutput | null): ReadonlyMap<number, MaskedCell> {
  const cells = new Map<number, MaskedCell>();
  masked.forEach((flag, at) => {
    if (flag === 1) cells.set(at, { glyph: null, wrong: false });
  });
  if (!output || output.inputProbabilities.length !== bytes.length) return cells;
  for (const { start, end } of runsOf(output.masked.filter((at) => masked[at] === 1))) {
    const predicted = Uint8Array.from({ length: end - start }, (_, index) => output.topBytes[(start + index) * output.topK]!);
    const glyphs = new Map(predictedGlyphs(predicted, start).map((glyph) => [glyph.start, glyph]));
    predicted.forEach((byte, index) => {
      const at = start + index;
      cells.set(at, { glyph: glyphs.get(at) ?? null, wrong: byte !== bytes[at] });
    });
  }
  return cells;
}
