/** Where the cells of a text stand: lines of a fixed number of columns, broken between words where possible. */
import { type TextUnit, unitWidth } from './text-units';

/** Place of every unit, in cells. One space or line end may hang in column `columns`, right of the last. */
export interface TextLayout {
  readonly units: readonly TextUnit[];
  readonly columns: number;
  readonly rows: number;
  /** [units] */
  readonly column: Uint16Array;
  readonly row: Uint16Array;
  readonly width: Uint16Array;
  /** [rows + 1]: index of the first unit of a row. */
  readonly firstOfRow: Uint32Array;
}

const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
/** Closing punctuation stays with what it closes. */
const CLOSING = /^[\p{Pe}\p{Pf}\p{Po}]/u;

/** Units `from` to `to` that are kept on one line where they fit, and the width that has to fit. */
interface Word {
  readonly to: number;
  readonly width: number;
}

function breaksAfter(units: readonly TextUnit[], index: number): boolean {
  const unit = units[index]!;
  if (unit.under === 'space' || unit.under === 'tab' || unit.under === 'newline' || unit.kind === 'cls') return true;
  const next = units[index + 1];
  if (!next || next.kind === 'sep') return true;
  if (unit.text === null || !IDEOGRAPH.test(unit.text)) return next.text !== null && IDEOGRAPH.test(next.text);
  return next.text === null || !CLOSING.test(next.text);
}

function wordFrom(units: readonly TextUnit[], widths: Uint16Array, from: number): Word {
  let to = from;
  let width = 0;
  for (;;) {
    width += widths[to]!;
    if (breaksAfter(units, to)) break;
    to++;
  }
  // What ends the word may hang over the edge.
  const ends = units[to]!.under === 'space' || units[to]!.under === 'newline';
  return { to: to + 1, width: ends ? width - widths[to]! : width };
}

/** @param columns at least 8. @param ids every byte takes a cell of its own. */
export function layoutText(units: readonly TextUnit[], columns: number, ids = false): TextLayout {
  const count = units.length;
  const column = new Uint16Array(count);
  const row = new Uint16Array(count);
  const width = Uint16Array.from(units, (unit) => Math.min(columns, unitWidth(unit, ids)));
  const firstOfRow: number[] = [0];
  let x = 0;
  let y = 0;
  const nextLine = (first: number): void => {
    x = 0;
    y += 1;
    firstOfRow.push(first);
  };
  for (let index = 0; index < count; ) {
    const word = wordFrom(units, width, index);
    if (x > 0 && x + word.width > columns) nextLine(index);
    for (; index < word.to; index++) {
      const { under } = units[index]!;
      const hangs = x === columns && (under === 'space' || under === 'newline') && width[index] === 1;
      if (x > 0 && x + width[index]! > columns && !hangs) nextLine(index);
      column[index] = x;
      row[index] = y;
      x += width[index]!;
      if (under === 'newline' && index + 1 < count) nextLine(index + 1);
    }
  }
  return { units, columns, rows: y + 1, column, row, width, firstOfRow: Uint32Array.from([...firstOfRow, count]) };
}

/** Index of the unit at a place in cells; beside a row the nearest unit of it, above and below the first and last row. */
export function unitAt(layout: TextLayout, column: number, row: number): number {
  const line = Math.min(layout.rows - 1, Math.max(0, Math.floor(row)));
  const first = layout.firstOfRow[line]!;
  const last = layout.firstOfRow[line + 1]! - 1;
  for (let index = first; index < last; index++) if (column < layout.column[index]! + layout.width[index]!) return index;
  return last;
}

/** Index of the unit that holds a byte of the part; −1 is [CLS]. */
export function unitOfByte(layout: TextLayout, byte: number): number {
  let low = 0;
  let high = layout.units.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (layout.units[middle]!.end <= byte) low = middle + 1;
    else high = middle;
  }
  return low;
}
