/** Which units are chosen, and how the keyboard moves among them. */
import type { ByteSpan } from '../../../models/runtime/types';
import { type TextLayout, unitAt } from './text-layout';

/** Indices of units; `focus` is the end that moves. [CLS] and [SEP] are never among them. */
export interface UnitSelection {
  readonly anchor: number;
  readonly focus: number;
}

export type Move = 'left' | 'right' | 'up' | 'down' | 'word-left' | 'word-right' | 'line-start' | 'line-end' | 'text-start' | 'text-end';

export interface MoveKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

/** What a key means, on any platform: ⌘← goes to the start of the line, ⌃← and ⌥← one word back. */
export function moveOfKey({ key, ctrlKey, metaKey, altKey }: MoveKey): Move | null {
  const word = ctrlKey || altKey;
  switch (key) {
    case 'ArrowLeft':
      return metaKey ? 'line-start' : word ? 'word-left' : 'left';
    case 'ArrowRight':
      return metaKey ? 'line-end' : word ? 'word-right' : 'right';
    case 'ArrowUp':
      return metaKey ? 'text-start' : 'up';
    case 'ArrowDown':
      return metaKey ? 'text-end' : 'down';
    case 'Home':
      return ctrlKey || metaKey ? 'text-start' : 'line-start';
    case 'End':
      return ctrlKey || metaKey ? 'text-end' : 'line-end';
    default:
      return null;
  }
}

const isGap = (layout: TextLayout, index: number): boolean => {
  const { under } = layout.units[index]!;
  return under === 'space' || under === 'newline' || under === 'tab';
};

/** The unit a move leads to. @param index a unit of a byte. A text without bytes stays where it is. */
export function moveUnit(layout: TextLayout, index: number, move: Move): number {
  const first = 1;
  const last = layout.units.length - 2;
  const held = (to: number): number => Math.min(last, Math.max(first, to));
  if (last < first) return index;
  const row = layout.row[index]!;
  switch (move) {
    case 'left':
      return held(index - 1);
    case 'right':
      return held(index + 1);
    case 'up':
    case 'down': {
      const to = row + (move === 'up' ? -1 : 1);
      if (to < 0) return first;
      if (to >= layout.rows) return last;
      return held(unitAt(layout, layout.column[index]! + layout.width[index]! / 2, to));
    }
    case 'word-left': {
      let to = index - 1;
      while (to > first && isGap(layout, to)) to--;
      while (to > first && !isGap(layout, to - 1)) to--;
      return held(to);
    }
    case 'word-right': {
      let to = index;
      while (to < last && !isGap(layout, to)) to++;
      while (to < last && isGap(layout, to)) to++;
      return held(to);
    }
    case 'line-start':
      return held(layout.firstOfRow[row]!);
    case 'line-end':
      return held(layout.firstOfRow[row + 1]! - 1);
    case 'text-start':
      return first;
    case 'text-end':
      return last;
  }
}

/** Bytes of the part from the first to the last chosen unit. */
export function selectedBytes(layout: TextLayout, { anchor, focus }: UnitSelection): ByteSpan {
  return { start: layout.units[Math.min(anchor, focus)]!.start, end: layout.units[Math.max(anchor, focus)]!.end };
}
