import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { formatCount, formatPercent } from '../app/format';
import { areaAverage } from '../draw/area-average';
import { COLOUR_STEPS, type ColourTable, type Theme } from '../draw/colour-maps';
import { cellAt, fitWhole } from '../draw/fit';
import { copyMap } from '../draw/map-picture';
import { paintHeat, pixelsFor } from '../draw/paint';
import { percentile, type Scale, scaled } from '../draw/scales';
import { usePixelRatio } from '../draw/use-pixel-ratio';
import { useSize } from '../draw/use-size';
import { Legend } from './legend';
import './latents.css';
import { LATENT_WORDS as WORDS } from './words';

export interface LatentMapProps {
  /** N. */
  readonly latents: number;
  /** Self-attention of one layer and head (or their mean), [N, N]: row reads column. */
  readonly weights: Float32Array;
  readonly table: ColourTable;
  readonly theme: Theme;
  /** Which layer and head it is, for a copy. */
  readonly sentence: string;
  /** The row that is boxed. */
  readonly selected: number;
  /** CSS px it may take at most; less where the column is narrower. */
  readonly space: number;
  readonly onSelect: (latent: number) => void;
  readonly onPreview: (latent: number | null) => void;
}

/** CSS px a weight must have to be drawn as a square of its own. */
const LARGE = 4;

/** Self-attention between latents as a square: down who reads, across whom. A click on a column selects that latent. */
export function LatentMap(props: LatentMapProps) {
  const { latents, weights, table, selected, onSelect, onPreview } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const room = useSize(box).width;
  const space = Math.min(props.space, room || props.space);
  const [pointed, setPointed] = useState<{ row: number; column: number } | null>(null);
  const ratio = usePixelRatio();
  const fit = fitWhole({ width: latents, height: latents }, { width: space, height: space }, ratio);
  // Weights that cannot be large squares fill the space instead, averaged to device pixels: no moiré either way.
  const side = fit.scale < LARGE ? space : fit.width;
  // A few strong columns must not blank the rest; the legend says that the last colour means "and more".
  const scale: Scale = useMemo(() => ({ kind: 'linear', max: percentile(weights, 0.995) }), [weights]);

  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element) return;
    const pixels = fit.scale < LARGE ? Math.round(side * ratio) : latents;
    const cells =
      pixels === latents ? weights : areaAverage(weights, { width: latents, height: latents }, { width: pixels, height: pixels });
    const image = pixelsFor(pixels * pixels);
    paintHeat(cells, scale, table, image);
    element.width = pixels;
    element.height = pixels;
    element.getContext('2d')?.putImageData(new ImageData(image, pixels, pixels), 0, 0);
  }, [latents, weights, scale, table, side, ratio, fit.scale]);

  const column = pointed?.column ?? selected;
  const row = pointed?.row ?? selected;
  const weight = weights[row * latents + column] ?? 0;

  const point = (event: PointerEvent<HTMLElement>): { x: number; y: number } | null => {
    const box = event.currentTarget.getBoundingClientRect();
    return cellAt({ width: latents, height: latents }, { width: side, height: side }, event.clientX - box.left, event.clientY - box.top);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -1,
      ArrowDown: 1,
      PageUp: -10,
      PageDown: 10,
      Home: -latents,
      End: latents,
    };
    const step = steps[event.key];
    if (event.key === 'Enter' || event.key === ' ') onSelect(column);
    else if (step !== undefined && !event.ctrlKey && !event.metaKey && !event.altKey) {
      const next = Math.min(latents - 1, Math.max(0, column + step));
      setPointed({ row: selected, column: next });
      onPreview(next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const forget = (): void => {
    setPointed(null);
    onPreview(null);
  };

  const [said, setSaid] = useState('');
  const copy = (): void => {
    const shown = canvas.current;
    if (!shown) return;
    void copyMap({
      draw: (context) => context.drawImage(shown, 0, 0, side, side),
      width: side,
      height: side,
      sentences: [props.sentence, WORDS.mapSentence(formatCount(latents))],
      table,
      from: '0',
      to: WORDS.andMore(formatPercent(scale.max)),
      theme: props.theme,
    }).then((copied) => setSaid(copied ? WORDS.copied : ''));
  };

  const lineWidth = 2;
  const boxHeight = Math.max(side / latents, 1) + 2 * lineWidth;
  return (
    <div ref={box} className="latent-map">
      <div
        className="latent-map-square"
        style={{ width: side, height: side }}
        data-letters=""
        role="slider"
        tabIndex={0}
        aria-label={WORDS.mapLabel}
        aria-valuemin={0}
        aria-valuemax={latents - 1}
        aria-valuenow={column}
        aria-valuetext={WORDS.pointed(row, column, formatPercent(weight))}
        onPointerMove={(event) => {
          const cell = point(event);
          if (cell?.x === pointed?.column && cell?.y === pointed?.row) return;
          setPointed(cell && { row: cell.y, column: cell.x });
        }}
        onPointerLeave={forget}
        onBlur={forget}
        onClick={(event) => {
          const cell = point(event as unknown as PointerEvent<HTMLElement>);
          if (cell) onSelect(cell.x);
        }}
        onKeyDown={onKeyDown}
        onCopy={(event) => {
          event.preventDefault();
          copy();
        }}
      >
        <canvas ref={canvas} style={{ width: side, height: side }} className="latent-map-canvas" />
        <i className="latent-map-row" style={{ top: ((selected + 0.5) * side) / latents - boxHeight / 2, height: boxHeight }} />
        {pointed ? (
          <i className="latent-map-column" style={{ left: (pointed.column * side) / latents, width: Math.max(1, side / latents) }} />
        ) : null}
      </div>
      <Legend
        table={table}
        from="0"
        to={WORDS.andMore(formatPercent(scale.max))}
        width={84}
        mark={pointed ? Math.round(scaled(weight, scale) * (COLOUR_STEPS - 1)) / (COLOUR_STEPS - 1) : null}
        value={pointed ? WORDS.pointed(row, column, formatPercent(weight)) : null}
      />
      <p className="latent-note">{WORDS.mapSentence(formatCount(latents))}</p>
      <p className="visually-hidden" role="status">
        {said}
      </p>
    </div>
  );
}
