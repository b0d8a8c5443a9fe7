import { type ReactNode, useMemo } from 'react';
import type { ByteSpan } from '../../../models/runtime/types';
import { formatCount, formatProbability } from '../../app/format';
import { type BytesOutput, type CandidateByte, candidatesAt, runsOf } from './filled-spans';
import { rankShares } from './reach';
import { ReachTable } from './reach-table';
import './text-tables.css';
import { byteGlyph, hexByte } from './text-units';
import { TEXT_WORDS as WORDS } from './words';

export interface ByteDetailProps {
  readonly bytes: Uint8Array;
  readonly part: ByteSpan;
  readonly masks: readonly ByteSpan[];
  readonly output: BytesOutput;
  /** The selected byte of the whole text; inside the part. */
  readonly byte: number;
  /** Composed attention of its query over the input rows, [bytes of the part + 2]; null while it is computed. */
  readonly composed: ArrayLike<number> | null;
  /** In its place where it could not be computed. */
  readonly composedFailed?: ReactNode;
  /** Attention of its query over the N latents (Write, the chosen head or their mean); null while it is computed. */
  readonly latents: ArrayLike<number> | null;
  readonly latentsFailed?: ReactNode;
  /** The head of `latents`, from 1, where it is one of several. */
  readonly latentsHead?: number | null;
  /** A span that reaches it was clicked. */
  readonly onSpan: (span: ByteSpan) => void;
  readonly topK?: number;
}

/** The name of an output for the head of its column, and its place in its masked run. @param query byte of the part. */
export function byteHeading(output: BytesOutput, query: number, partStart: number): { readonly title: string; readonly aside: string } {
  const run = runAt(output, query);
  const byte = formatCount(query + partStart);
  return run
    ? { title: WORDS.maskedByte(byte), aside: WORDS.inItsSpan(formatCount(query - run.start + 1), formatCount(run.end - run.start)) }
    : { title: WORDS.byte(byte), aside: '' };
}

const runAt = (output: BytesOutput, position: number) =>
  runsOf(output.masked).find(({ start, end }) => position >= start && position < end);

/** One output under its heading: the bytes the model holds most probable, what reaches it, how many latents it reads. */
export function ByteDetail(props: ByteDetailProps) {
  const { bytes, part, output, byte, topK = 6 } = props;
  const position = byte - part.start;
  const truth = bytes[byte] ?? 0;
  const candidates = useMemo(() => candidatesAt(output, position, truth, topK), [output, position, truth, topK]);
  const run = runAt(output, position);
  const shown = Math.min(topK, output.topK);
  const name = WORDS.quoted(byteGlyph(truth));
  return (
    <section className="byte-detail" aria-label={WORDS.byte(formatCount(byte))}>
      <p className="byte-detail-say">
        {(candidates.length > shown ? WORDS.topOfLower : WORDS.topOf)(formatCount(shown), name)} {run ? null : WORDS.notMasked}
      </p>
      <Candidates candidates={candidates} />
      <div className="byte-detail-part">
        <h3>{WORDS.reach}</h3>
        {props.composed ? (
          <ReachTable {...props} weights={props.composed} />
        ) : (
          (props.composedFailed ?? <p aria-busy="true">{WORDS.computing}</p>)
        )}
      </div>
      <div className="byte-detail-part">
        <h3>{WORDS.latentsItReads}</h3>
        {props.latents ? (
          <RankChart weights={props.latents} head={props.latentsHead ?? null} />
        ) : (
          (props.latentsFailed ?? <p aria-busy="true">{WORDS.computing}</p>)
        )}
      </div>
    </section>
  );
}

function Candidates({ candidates }: { readonly candidates: readonly CandidateByte[] }) {
  const { detail } = WORDS;
  return (
    <table className="candidates">
      <thead>
        <tr>
          <th scope="col">{detail.byte}</th>
          <th scope="col">{detail.hex}</th>
          <td />
          <th scope="col" className="number">
            {detail.probability}
          </th>
        </tr>
      </thead>
      <tbody>
        {candidates.map(({ byte, probability, isTrue }) => (
          <tr key={byte} className={isTrue ? 'true' : ''}>
            <td className="mono">{byte < 0x80 ? byteGlyph(byte) : <em>{byteGlyph(byte)}</em>}</td>
            <td className="mono hex">
              0x{hexByte(byte)}
              {isTrue ? <span>{detail.isTrue}</span> : null}
            </td>
            <td className="bar" aria-hidden="true">
              <i style={{ width: `${100 * probability}%` }} />
            </td>
            <td className="number">{formatProbability(probability)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Shares of the latents by rank, those that carry half of the query in teal. */
export function RankChart({ weights, head }: { readonly weights: ArrayLike<number>; readonly head: number | null }) {
  const { sorted, half } = useMemo(() => rankShares(weights), [weights]);
  const [count, many] = [formatCount(half), formatCount(sorted.length)];
  const highest = sorted[0] || 1;
  const bars = (from: number, to: number): string => {
    let path = '';
    for (let rank = from; rank < to; rank++) path += `M${rank} 1V${(1 - sorted[rank]! / highest).toFixed(4)}h1V1z`;
    return path;
  };
  return (
    <>
      <p>
        {WORDS.half(half, count)}
        {head === null ? null : ` ${WORDS.headOnly(formatCount(head))}`}
      </p>
      <svg
        className="rank-chart"
        viewBox={`0 0 ${sorted.length} 1`}
        preserveAspectRatio="none"
        role="img"
        aria-label={WORDS.rankChart(count, many)}
      >
        <path d={bars(half, sorted.length)} />
        <path className="half" d={bars(0, half)} />
      </svg>
      <div className="rank-ends" aria-hidden="true">
        <span>{WORDS.rankOne}</span>
        <span>{many}</span>
      </div>
    </>
  );
}
