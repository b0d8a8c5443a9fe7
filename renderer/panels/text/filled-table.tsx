import { type ClipboardEvent, useMemo } from 'react';
import type { ByteSpan } from '../../../models/runtime/types';
import { formatCount, formatProbability } from '../../app/format';
import { type BytesOutput, type FilledSpan, filledSpans } from './filled-spans';
import './text-tables.css';
import { lineOfBytes, predictedGlyphs } from './text-units';
import { TEXT_WORDS as WORDS } from './words';

export interface FilledTableProps {
  readonly bytes: Uint8Array;
  /** The part that the run read. */
  readonly part: ByteSpan;
  readonly output: BytesOutput;
  /** Of the whole text. */
  readonly selectedByte: number | null;
  /** A row selects the byte of its run that the model was least sure of. */
  readonly onSelectByte: (byte: number) => void;
}

/** What the model put in place of every masked run. */
export function FilledTable({ bytes, part, output, selectedByte, onSelectByte }: FilledTableProps) {
  const spans = useMemo(() => filledSpans(bytes.subarray(part.start, part.end), output), [bytes, part.start, part.end, output]);
  const { column } = WORDS;
  return (
    <section className="filled-table" aria-label={WORDS.filledIn}>
      <h3>{WORDS.filledIn}</h3>
      {spans.length === 0 ? (
        <p className="none">{WORDS.nothingMasked}</p>
      ) : (
        <div className="filled-scroll" tabIndex={spans.length > 8 ? 0 : undefined}>
          <table onCopy={(event) => copyTable(event, spans)}>
            <thead>
              <tr>
                <th scope="col">{column.masked}</th>
                <th scope="col">{column.predicted}</th>
                <th scope="col" className="number">
                  {column.bytes}
                </th>
                <th scope="col" className="number">
                  {column.right}
                </th>
                <th scope="col" className="number" title={WORDS.lowestHint}>
                  {column.lowest}
                </th>
                <th scope="col" className="number" title={WORDS.spanHint}>
                  {column.span}
                </th>
              </tr>
            </thead>
            <tbody>
              {spans.map((span) => {
                const chosen = selectedByte !== null && selectedByte - part.start >= span.start && selectedByte - part.start < span.end;
                const select = (): void => onSelectByte(part.start + span.lowestAt);
                return (
                  <tr key={span.start} className={chosen ? 'chosen' : ''} onClick={select}>
                    <td className="of-text">
                      <button type="button" aria-pressed={chosen} title={lineOfBytes(span.truth)}>
                        {lineOfBytes(span.truth)}
                      </button>
                    </td>
                    <td className="of-text">
                      <Predicted span={span} />
                    </td>
                    <td className="number">{formatCount(span.end - span.start)}</td>
                    <td className="number">{formatCount(span.right)}</td>
                    <td className="number">{formatProbability(span.lowest)}</td>
                    <td className="number">{formatProbability(span.probability)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

function Predicted({ span }: { readonly span: FilledSpan }) {
  const text = lineOfBytes(span.predicted);
  return (
    <span className="predicted" title={text}>
      {predictedGlyphs(span.predicted, 0).map((glyph) =>
        span.wrong.subarray(glyph.start, glyph.start + glyph.span).includes(1) ? (
          <u key={glyph.start}>{glyph.text}</u>
        ) : (
          <span key={glyph.start}>{glyph.text}</span>
        ),
      )}
    </span>
  );
}

/** The whole table as tab-separated values, where nothing else is selected. */
function copyTable(event: ClipboardEvent, spans: readonly FilledSpan[]): void {
  if (!window.getSelection()?.isCollapsed) return;
  const { column } = WORDS;
  const rows = spans.map((span) => [
    lineOfBytes(span.truth),
    lineOfBytes(span.predicted),
    span.end - span.start,
    span.right,
    span.lowest,
    span.probability,
  ]);
  const head = [column.masked, column.predicted, column.bytes, column.right, column.lowest, column.span];
  event.preventDefault();
  event.clipboardData.setData('text/plain', [head, ...rows].map((row) => row.join('\t')).join('\n'));
}
