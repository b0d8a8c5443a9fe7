import { useMemo } from 'react';
import type { ByteSpan } from '../../../models/runtime/types';
import { formatCount, formatPercent, formatTimes } from '../../app/format';
import { reachedSpans } from './reach';
import './text-tables.css';
import { insidePart } from './text-part';
import { maskFlags } from './text-units';
import { TEXT_WORDS as WORDS } from './words';

export interface ReachTableProps {
  readonly bytes: Uint8Array;
  readonly part: ByteSpan;
  readonly masks: readonly ByteSpan[];
  /** [bytes of the part + 2]: attention over the input rows, [CLS] first. */
  readonly weights: ArrayLike<number>;
  readonly count?: number;
  /** Also the highest weight of a span as a multiple of uniform: of a latent, say. */
  readonly times?: boolean;
  /** A row was clicked: the span, as bytes of the whole text. */
  readonly onSpan: (span: ByteSpan) => void;
}

const MANY = 50;

/** What a latent reads most of a text: a few spans, or the 50 strongest. */
export function StrongestSpans({
  expanded,
  onExpanded,
  ...table
}: Omit<ReachTableProps, 'count' | 'times'> & { readonly expanded: boolean; readonly onExpanded: (expanded: boolean) => void }) {
  return (
    <section className="reach">
      <header>
        <h3>{expanded ? WORDS.strongestMany(formatCount(MANY)) : WORDS.strongest}</h3>
        <button type="button" className="stage-link" aria-expanded={expanded} onClick={() => onExpanded(!expanded)}>
          {expanded ? WORDS.showFewer : WORDS.showAsTable}
        </button>
      </header>
      <ReachTable {...table} times {...(expanded ? { count: MANY } : {})} />
    </section>
  );
}

/** The words that attention falls on, most first. */
export function ReachTable({ bytes, part, masks, weights, count = 5, times = false, onSpan }: ReachTableProps) {
  const { start, end } = part;
  const rows = useMemo(() => {
    const read = bytes.subarray(start, end);
    if (weights.length !== read.length + 2) return [];
    return reachedSpans(read, maskFlags(read.length, insidePart(masks, { start, end })), weights, count);
  }, [bytes, start, end, masks, weights, count]);
  const { reachColumns: column } = WORDS;
  return (
    <table className="reach-table">
      <thead>
        <tr>
          <th scope="col">{column.span}</th>
          <th scope="col" className="number">
            {column.byte}
          </th>
          {times ? (
            <th scope="col" className="number">
              {column.times}
            </th>
          ) : null}
          <th scope="col" className="number">
            {column.share}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => {
          const special = row.kind === 'cls' || row.kind === 'sep';
          const span = { start: row.start + part.start, end: row.end + part.start };
          return (
            <tr key={row.start} onClick={() => !special && onSpan(span)}>
              <td className="of-text">
                <button type="button" aria-disabled={special} title={row.text}>
                  {row.text}
                </button>
              </td>
              <td className="number">{special ? '' : formatCount(span.start)}</td>
              {times ? <td className="number">{formatTimes(row.highest * weights.length).replace('×', '')}</td> : null}
              <td className="number">{formatPercent(row.share)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
