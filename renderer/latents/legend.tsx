import { type ColourTable, cssGradient } from '../draw/colour-maps';
import './latents.css';

export interface LegendProps {
  /** Null for Spotlight: from the page to the picture. */
  readonly table: ColourTable | null;
  /** What the first and last colour stand for, with the unit: "0", "65.5× uniform". */
  readonly from: string;
  readonly to: string;
  /** Where the value at the pointer lies on the bar, 0..1; null for no mark. */
  readonly mark?: number | null;
  /** The value at the pointer in other words: "x 114, y 112 · 0.106 %". */
  readonly value?: string | null;
  /** CSS px of the bar. */
  readonly width?: number;
}

/** Colour bar with its unit, and a mark for the value at the pointer. */
export function Legend({ table, from, to, mark = null, value = null, width = 132 }: LegendProps) {
  return (
    <div className="map-legend">
      <span>{from}</span>
      <span
        className="map-legend-bar"
        style={{ width, background: table ? cssGradient(table) : 'linear-gradient(to right, var(--surface), var(--text3))' }}
        aria-hidden="true"
      >
        {mark === null ? null : <i style={{ left: `${100 * Math.min(1, Math.max(0, mark))}%` }} />}
      </span>
      <span className="map-legend-to">{to}</span>
      {value === null ? null : <span className="map-legend-value">{value}</span>}
    </div>
  );
}
