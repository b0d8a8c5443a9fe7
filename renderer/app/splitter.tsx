/**
 * The edge between Input and Latents: drag, arrow keys by 16, double click resets. While it moves the width is only shown;
 * where it comes to rest is kept once, since every setting is written to a disk.
 */
import { type PointerEvent, useRef } from 'react';
import { en } from './language/en';

export function Splitter(props: {
  readonly width: number;
  readonly min: number;
  readonly max: number;
  /** Shown until it is kept or given up (null). */
  readonly onMove: (width: number | null) => void;
  /** Null for the width of the start. */
  readonly onKeep: (width: number | null) => void;
}) {
  const { width, min, max, onMove, onKeep } = props;
  const start = useRef<{ x: number; width: number } | null>(null);
  const hold = (value: number): number => Math.round(Math.min(max, Math.max(min, value)));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved has no element of its own.
    <div
      className="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label={en.inputWidth}
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      style={{ left: width - 6 }}
      onDoubleClick={() => onKeep(null)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        event.preventDefault();
        onMove(hold(width + (event.key === 'ArrowLeft' ? -16 : 16)));
      }}
      onKeyUp={(event) => {
        if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') onKeep(width);
      }}
      onPointerDown={(event: PointerEvent<HTMLDivElement>) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        if (start.current) onMove(hold(start.current.width + event.clientX - start.current.x));
      }}
      onPointerUp={() => {
        if (start.current && start.current.width !== width) onKeep(width);
        start.current = null;
      }}
      onPointerCancel={() => {
        start.current = null;
        onMove(null);
      }}
    />
  );
}
