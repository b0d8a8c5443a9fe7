import { useMemo } from 'react';
import { formatCount, formatPercent, formatTimes } from '../../app/format';
import type { Size } from '../../draw/area-average';
import { cellOf, type PixelPlace, pixelOf } from './region';
import './image.css';
import { strongestApart, topRows } from './strongest';
import { IMAGE_WORDS as WORDS } from './words';

export interface StrongestRowsProps {
  /** Attention over every input row, row-major. */
  readonly weights: ArrayLike<number>;
  /** How the input rows lie over the picture. */
  readonly grid: Size;
  readonly picture: Size;
  /** M. */
  readonly attended: number;
  /** A pixel of the picture, here as in `onPoint`. */
  readonly pointed: PixelPlace | null;
  readonly onPoint: (place: PixelPlace | null) => void;
  /** A few rows apart from each other, or the 50 strongest. */
  readonly expanded: boolean;
  readonly onExpanded: (expanded: boolean) => void;
  /** Rows of the short table. */
  readonly few?: number;
}

const MANY = 50;

/** The strongest input rows: pixel, row, multiple of uniform, share. */
export function StrongestRows({ weights, grid, picture, attended, onPoint, expanded, onExpanded, few = 4, ...props }: StrongestRowsProps) {
  const rows = useMemo(() => {
    const strongest = expanded ? topRows(weights, grid.width, MANY) : strongestApart(weights, grid, few);
    return strongest.map((row) => ({ ...row, pixel: pixelOf(row, picture, grid) }));
  }, [weights, grid, picture, expanded, few]);
  const pointed = props.pointed && cellOf(props.pointed, picture, grid);
  const highest = rows[0]?.weight || 1;
  return (
    <div className={`strongest-rows ${expanded ? 'expanded' : ''}`}>
      <header>
        <h3>{expanded ? WORDS.strongestMany(formatCount(rows.length)) : WORDS.strongest}</h3>
        <button type="button" className="stage-link" aria-expanded={expanded} onClick={() => onExpanded(!expanded)}>
          {expanded ? WORDS.showFewer : WORDS.showAsTable}
        </button>
      </header>
      <div className="strongest-scroll" tabIndex={expanded ? 0 : undefined}>
        <table>
          <thead>
            <tr>
              <th scope="col">{WORDS.pixel}</th>
              <th scope="col" className="number">
                {WORDS.row}
              </th>
              <th scope="col" className="number">
                {WORDS.timesUniform}
              </th>
              <th scope="col" className="number">
                {WORDS.share}
              </th>
              <td className="head" />
            </tr>
          </thead>
          <tbody onPointerLeave={() => onPoint(null)}>
            {rows.map(({ row, x, y, weight, pixel }) => (
              <tr key={row} className={pointed?.x === x && pointed.y === y ? 'pointed' : ''} onPointerEnter={() => onPoint(pixel)}>
                <td>{WORDS.place(pixel.x, pixel.y)}</td>
                <td className="number">{formatCount(row)}</td>
                <td className="number">{formatTimes(weight * attended).replace('×', '')}</td>
                <td className="number">{formatPercent(weight)}</td>
                <td className="bar" aria-hidden="true">
                  <i style={{ width: `${(100 * weight) / highest}%` }} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
