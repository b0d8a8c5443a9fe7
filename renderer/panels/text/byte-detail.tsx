import { useMemo } from 'react';
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
  /** Attention of its query over the N latents (Write, mean of heads); null while it is computed. */
  readonly latents: ArrayLike<number> | null;
  /** A span that reaches it was clicked. */
  readonly onSpan: (span: ByteSpan) => void;
  readonly topK?: number;
}

/** One output: the bytes the model holds most probable, what reaches it, how many latents it reads. */
export function ByteDetail(props: ByteDetailProps) {
  const { bytes, part, output, byte, topK = 6 } = props;
  const position = byte - part.start;
  const truth = bytes[byte] ?? 0;
  const candidates = useMemo(() => candidatesAt(output, position, truth, topK), [output, position, truth, topK]);
  const run = runsOf(output.masked).find(({ start, end }) => position >= start && position < end);
  const shown = Math.min(topK, output.topK);
  const name = WORDS.quoted(byteGlyph(truth));
  return (
    <section className="byte-detail" aria-label={WORDS.byte(formatCount(byte))}>
      <header className="byte-detail-head">
        <h2>{(run ? WORDS.maskedByte : WORDS.byte)(formatCount(byte))}</h2>
        {run ? <span>{WORDS.inItsSpan(formatCount(position - run.start + 1), formatCount(run.end - run.start))}</span> : null}
      </header>
      <p className="byte-detail-say">
        {(candidates.length > shown ? WORDS.topOfLower : WORDS.topOf)(formatCount(shown), name)} {run ? null : WORDS.notMasked}
      </p>
      <Candidates candidates={candidates} />
      <div className="byte-detail-part">
        <h3>{WORDS.reach}</h3>
        {props.composed ? <ReachTable {...props} weights={props.composed} /> : <p aria-busy="true">{WORDS.computing}</p>}
      </div>
      <div className="byte-detail-part">
        <h3>{WORDS.latentsItReads}</h3>
        {props.latents ? <RankChart weights={props.latents} /> : <p aria-busy="true">{WORDS.computing}</p>}
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
export function RankChart({ weights }: { readonly weights: ArrayLike<number> }) {
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
      <p>{WORDS.half(half, count)}</p>
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
