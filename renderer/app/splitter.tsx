/** The edge between Input and Latents: drag, arrow keys by 16, double click resets. */
import { type PointerEvent, useRef } from 'react';

export function Splitter(props: {
  readonly width: number;
  readonly min: number;
  readonly max: number;
  readonly onWidth: (width: number | null) => void;
}) {
  const { width, min, max, onWidth } = props;
  const start = useRef<{ x: number; width: number } | null>(null);
  const hold = (value: number): number => Math.round(Math.min(max, Math.max(min, value)));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a separator that can be moved has no element of its own.
    <div
      className="splitter"
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of Input"
      aria-valuenow={width}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      style={{ left: width - 6 }}
      onDoubleClick={() => onWidth(null)}
      onKeyDown={(event) => {
        if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
        event.preventDefault();
        onWidth(hold(width + (event.key === 'ArrowLeft' ? -16 : 16)));
      }}
      onPointerDown={(event: PointerEvent<HTMLDivElement>) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        if (start.current) onWidth(hold(start.current.width + event.clientX - start.current.x));
      }}
      onPointerUp={() => {
        start.current = null;
      }}
    />
  );
}
