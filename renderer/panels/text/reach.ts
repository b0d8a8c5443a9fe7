/** Attention over input rows gathered by words: which parts of a text a row reads, as a person would name them. */
import type { ByteSpan } from '../../../models/runtime/types';
import { toEditable } from './edit-text';
import { lineOfBytes } from './text-units';

export interface TextSpan extends ByteSpan {
  readonly kind: 'word' | 'between' | 'masked' | 'cls' | 'sep';
}

export interface ReachedSpan extends TextSpan {
  /** What stands there, spaces and line ends seen. */
  readonly text: string;
  /** Sum of the attention on its rows, 0 to 1. */
  readonly share: number;
  /** The highest weight on one of its rows. */
  readonly highest: number;
}

/**
 * The rows of a text in spans a person would name: words (by Unicode's rules, so that Chinese has words too), what is
 * between them, runs of masked bytes, [CLS] and [SEP]. Offsets as of `TextUnit`; spans partition the rows.
 * @param masked [bytes]: 1 where masked.
 */
export function spansOfText(bytes: Uint8Array, masked: Uint8Array): TextSpan[] {
  const spans: TextSpan[] = [{ start: -1, end: 0, kind: 'cls' }];
  for (let at = 0; at < bytes.length; ) {
    let end = at + 1;
    while (end < bytes.length && masked[end] === masked[at]) end++;
    if (masked[at] === 1) spans.push({ start: at, end, kind: 'masked' });
    else for (const span of words(bytes.subarray(at, end))) spans.push({ ...span, start: at + span.start, end: at + span.end });
    at = end;
  }
  spans.push({ start: bytes.length, end: bytes.length + 1, kind: 'sep' });
  return spans;
}

function words(bytes: Uint8Array): TextSpan[] {
  const { text, offsets } = toEditable(bytes);
  const spans: TextSpan[] = [];
  for (const { segment, index, isWordLike } of new Intl.Segmenter('en', { granularity: 'word' }).segment(text)) {
    spans.push({ start: offsets[index]!, end: offsets[index + segment.length]!, kind: isWordLike ? 'word' : 'between' });
  }
  return spans;
}

/**
 * Spans by the attention on them, most first; ties by place.
 * @param weights [bytes + 2]: attention over the input rows, [CLS] first. @param count spans kept.
 */
export function reachedSpans(bytes: Uint8Array, masked: Uint8Array, weights: ArrayLike<number>, count: number): ReachedSpan[] {
  return spansOfText(bytes, masked)
    .map((span) => {
      let share = 0;
      let highest = 0;
      for (let row = span.start + 1; row < span.end + 1; row++) {
        share += weights[row]!;
        highest = Math.max(highest, weights[row]!);
      }
      return { span, share, highest };
    })
    .sort((a, b) => b.share - a.share || a.span.start - b.span.start)
    .slice(0, count)
    .map(({ span, share, highest }) => ({ ...span, text: nameOf(bytes, span), share, highest }));
}

function nameOf(bytes: Uint8Array, { kind, start, end }: TextSpan): string {
  if (kind === 'cls') return '[CLS]';
  return kind === 'sep' ? '[SEP]' : lineOfBytes(bytes.subarray(start, end));
}

/** How the largest of several shares add up. */
export interface RankedShares {
  /** Shares, largest first. */
  readonly sorted: Float32Array;
  /** How many of the largest carry half of the whole; 0 where there is nothing. */
  readonly half: number;
}

/** @param weights attention of one query over N latents. */
export function rankShares(weights: ArrayLike<number>): RankedShares {
  const sorted = Float32Array.from(weights).sort().reverse();
  const total = sorted.reduce((sum, share) => sum + share, 0);
  let carried = 0;
  let half = 0;
  while (total > 0 && half < sorted.length && carried < total / 2) carried += sorted[half++]!;
  return { sorted, half };
}
