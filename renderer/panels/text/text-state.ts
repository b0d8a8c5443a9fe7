/** A text with what lies on it, and how that moves when the text is edited. */
import type { ByteSpan } from '../../../models/runtime/types';
import { type ByteEdit, spansAfter } from './edit-text';
import { partAt } from './text-part';

/** A text, what is masked in it and which part is read, after an edit. All offsets are bytes of the whole text. */
export interface TextState {
  readonly bytes: Uint8Array;
  readonly masks: readonly ByteSpan[];
  readonly part: ByteSpan;
}

/** Text and everything that lies on it after one edit. A part that holds the whole text keeps holding it. */
export function stateAfter({ masks, part }: TextState, change: ByteEdit, edited: Uint8Array, limit: number): TextState {
  const grown = change.inserted.length - change.removed;
  const start = change.at + change.removed <= part.start ? part.start + grown : Math.min(part.start, change.at + change.inserted.length);
  return { bytes: edited, masks: spansAfter(masks, change), part: partAt(edited, start, limit) };
}
