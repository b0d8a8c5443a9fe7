/** A query of a model that answers bytes is a place in the text: where that place is after the text, or the part that is read, has changed. */
import type { Arrays } from './arrays';
import type { LabInput } from './types';

/** Where a byte of one text stands in another that differs in one stretch; null for a byte of that stretch. */
export function movedOffset(before: Uint8Array, after: Uint8Array, at: number): number | null {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head += 1;
  if (at < head) return at;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return at < before.length && at >= before.length - tail ? at + after.length - before.length : null;
}

/** The query of `to` that is the same byte as `query` of `from`, both counted from the part that is read; null where there is none. */
export function movedQuery(arrays: Arrays, from: LabInput, to: LabInput, query: number): number | null {
  if (from.kind !== 'text' || to.kind !== 'text') return null;
  let offset: number | null = query + from.part.start;
  if (from.textId !== to.textId) {
    const [before, after] = [arrays.texts.get(from.textId), arrays.texts.get(to.textId)];
    offset = before && after ? movedOffset(before, after, offset) : null;
  }
  return offset !== null && offset >= to.part.start && offset < to.part.end ? offset - to.part.start : null;
}
