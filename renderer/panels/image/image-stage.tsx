import { type KeyboardEvent, type PointerEvent, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { RgbaImage } from '../../../models/runtime/types';
import { formatTimes } from '../../app/format';
import type { Size } from '../../draw/area-average';
import type { ColourTable, Theme } from '../../draw/colour-maps';
import { cellAt, type Fit } from '../../draw/fit';
import { copyMap } from '../../draw/map-picture';
import { halfMassOutline, pathData } from '../../draw/outline';
import { ownScale, type Scale } from '../../draw/scales';
import './image.css';
import { heldInside, moved, type PixelPlace, type PixelRect, rectBetween, resized } from './region';
import { atPictureSize, type OverlayMode, paintStage, type StageMap, weightAt } from './stage-painting';
import { useCrossFade } from './use-cross-fade';
import { IMAGE_WORDS as WORDS } from './words';

export interface ImageStageProps {
  /** The input as the model got it. */
  readonly picture: RgbaImage;
  readonly map: StageMap | null;
  /** The scale of the map; its own by default. */
  readonly scale?: Scale;
  /** How large the picture stands: `fitWhole(picture, space, devicePixelRatio)`. */
  readonly fit: Fit;
  readonly mode: OverlayMode;
  /** 0..1. */
  readonly opacity: number;
  readonly outline: boolean;
  readonly table: ColourTable;
  readonly theme: Theme;
  /** What the picture shows, in one sentence. */
  readonly sentence: string;
  /** The pixel at the pointer, the keyboard's pointer or a table row; drawn as a cross. */
  readonly pointed: PixelPlace | null;
  readonly onPoint: (place: PixelPlace | null) => void;
  readonly region: PixelRect | null;
  /** Dragging draws a region, and arrow keys move it instead of the pointer. */
  readonly brushing: boolean;
  /** While dragging `done` is false; the last call of a drag has it true. */
  readonly onRegion: (region: PixelRect | null, done: boolean) => void;
  /** What the legend says at its two ends; a copy carries it. */
  readonly legend?: readonly [from: string, to: string];
}

interface Drag {
  readonly kind: 'draw' | 'move' | 'resize';
  readonly from: PixelPlace;
  readonly region: PixelRect;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The input as the model got it, with a map on it, the line around half of its mass, and a region to brush. */
export function ImageStage(props: ImageStageProps) {
  const { picture, map, fit, mode, opacity, table, theme, pointed, region, brushing, onPoint, onRegion } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const back = useRef<HTMLCanvasElement>(null);
  const drag = useRef<Drag | null>(null);
  const [byKeyboard, setByKeyboard] = useState(false);
  const [said, setSaid] = useState('');
  const size: Size = picture;

  const weights = useMemo(() => map && atPictureSize(map, picture), [map, picture]);
  const ownOrGiven = useMemo(() => props.scale ?? ownScale(weights ?? []), [props.scale, weights]);
  const pixels = useMemo(
    () => paintStage(picture, weights, ownOrGiven, { mode, opacity, table, theme }),
    [picture, weights, ownOrGiven, mode, opacity, table, theme],
  );
  const fade = useCrossFade(canvas, back, map);
  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element) return;
    fade();
    element.width = picture.width;
    element.height = picture.height;
    element.getContext('2d')?.putImageData(new ImageData(pixels, picture.width, picture.height), 0, 0);
  }, [picture, pixels, fade]);

  const line = useMemo(() => {
    if (!weights || !props.outline) return '';
    return pathData(halfMassOutline(weights, picture.width, picture.height, fit.scale));
  }, [weights, props.outline, picture, fit.scale]);

  const placeOf = (event: PointerEvent, held: boolean): PixelPlace | null => {
    const box = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    if (held) return cellAt(size, fit, Math.min(fit.width - 0.01, Math.max(0, x)), Math.min(fit.height - 0.01, Math.max(0, y)));
    return cellAt(size, fit, x, y);
  };

  const dragged = (start: Drag, place: PixelPlace): PixelRect => {
    const [dx, dy] = [place.x - start.from.x, place.y - start.from.y];
    if (start.kind === 'draw') return rectBetween(start.from, place, size);
    return start.kind === 'move' ? moved(start.region, dx, dy, size) : resized(start.region, dx, dy, size);
  };

  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    const place = placeOf(event, false);
    if (!brushing || event.button !== 0 || !place) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const handle = event.target instanceof Element && event.target.closest('[data-handle]') !== null;
    const inside =
      region && place.x >= region.x && place.y >= region.y && place.x < region.x + region.width && place.y < region.y + region.height;
    const kind = handle ? 'resize' : inside ? 'move' : 'draw';
    drag.current = { kind, from: place, region: region ?? rectBetween(place, place, size) };
    if (kind === 'draw') onRegion(rectBetween(place, place, size), false);
  };

  const onPointerMove = (event: PointerEvent<HTMLDivElement>): void => {
    const start = drag.current;
    const place = placeOf(event, start !== null);
    setByKeyboard(false);
    if (start && place) onRegion(dragged(start, place), false);
    if (place?.x !== pointed?.x || place?.y !== pointed?.y) onPoint(place && { x: place.x, y: place.y });
  };

  const endDrag = (event: PointerEvent<HTMLDivElement>): void => {
    const start = drag.current;
    const place = placeOf(event, true);
    drag.current = null;
    if (start && place) onRegion(dragged(start, place), true);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const arrow = ARROWS[event.key];
    if (event.key === 'Escape' && drag.current) {
      onRegion(drag.current.kind === 'draw' ? null : drag.current.region, true);
      drag.current = null;
    } else if (brushing && (event.key === 'Delete' || event.key === 'Backspace') && region) {
      onRegion(null, true);
    } else if (arrow && brushing) {
      // Without a region yet, the first arrow puts one of a quarter of the picture into its middle.
      const middle = { x: size.width * 0.375, y: size.height * 0.375, width: size.width / 4, height: size.height / 4 };
      const next = region
        ? event.shiftKey
          ? resized(region, arrow[0], arrow[1], size)
          : moved(region, arrow[0], arrow[1], size)
        : heldInside(middle, size);
      onRegion(next, true);
    } else if (arrow) {
      const step = event.shiftKey ? 10 : 1;
      const from = pointed ?? { x: Math.floor(size.width / 2) - arrow[0] * step, y: Math.floor(size.height / 2) - arrow[1] * step };
      setByKeyboard(true);
      onPoint({
        x: Math.min(size.width - 1, Math.max(0, from.x + arrow[0] * step)),
        y: Math.min(size.height - 1, Math.max(0, from.y + arrow[1] * step)),
      });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const copy = (): void => {
    const shown = canvas.current;
    if (!shown) return;
    const [from, to] = props.legend ?? ['', ''];
    void copyMap({
      draw: (context) => {
        context.drawImage(shown, 0, 0, fit.width, fit.height);
        context.scale(fit.width / size.width, fit.height / size.height);
        context.lineWidth = (1.4 * size.width) / fit.width;
        context.strokeStyle = theme === 'dark' ? '#ffffff' : '#141414';
        context.stroke(new Path2D(line));
      },
      width: fit.width,
      height: fit.height,
      sentences: [props.sentence],
      table: map && mode === 'heat' ? table : null,
      from,
      to,
      theme,
    }).then((copied) => setSaid(copied ? WORDS.copied : ''));
  };

  const weight = pointed && map ? weightAt(map, pointed, size) : null;
  const times = weight === null || !map ? null : formatTimes(weight * map.attended);
  return (
    <div
      className={`image-stage ${brushing ? 'brushing' : ''}`}
      style={{ width: fit.width, height: fit.height }}
      data-letters=""
      role="application"
      aria-roledescription={WORDS.picture}
      aria-label={`${props.sentence} ${WORDS.keys}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move the pointer and the region.
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={endDrag}
      onPointerCancel={endDrag}
      onPointerLeave={() => {
        if (!drag.current) onPoint(null);
      }}
      onBlur={() => {
        if (byKeyboard) onPoint(null);
      }}
      onKeyDown={onKeyDown}
      onCopy={(event) => {
        event.preventDefault();
        copy();
      }}
    >
      <canvas ref={back} className={fit.crisp ? 'crisp' : ''} />
      <canvas ref={canvas} className={fit.crisp ? 'crisp' : ''} />
      <svg className="image-stage-lines" viewBox={`0 0 ${size.width} ${size.height}`} preserveAspectRatio="none" aria-hidden="true">
        {line ? <path className="half-mass" d={line} /> : null}
        {region ? <RegionBox region={region} brushing={brushing} /> : null}
      </svg>
      {region && brushing ? (
        <span
          className="region-handle"
          data-handle=""
          style={{
            left: ((region.x + region.width) * fit.width) / size.width,
            top: ((region.y + region.height) * fit.height) / size.height,
          }}
        />
      ) : null}
      {pointed ? <Cross place={pointed} size={size} fit={fit} times={times} /> : null}
      <span className="visually-hidden" role="status">
        {byKeyboard && pointed && times !== null ? `${WORDS.place(pointed.x, pointed.y)}: ${times} ${WORDS.uniform}` : said}
      </span>
    </div>
  );
}

function RegionBox({ region, brushing }: { readonly region: PixelRect; readonly brushing: boolean }) {
  const box = { x: region.x, y: region.y, width: region.width, height: region.height };
  return (
    <>
      <rect className="region-under" {...box} />
      <rect className={brushing ? 'region-line dashed' : 'region-line'} {...box} />
    </>
  );
}

interface CrossProps {
  readonly place: PixelPlace;
  readonly size: Size;
  readonly fit: Size;
  readonly times: string | null;
}

/** Room the value takes beside the pointer, CSS px. */
const TIP = { width: 112, height: 34 };

function Cross({ place, size, fit, times }: CrossProps) {
  const left = ((place.x + 0.5) * fit.width) / size.width;
  const top = ((place.y + 0.5) * fit.height) / size.height;
  const tipLeft = left + 12 + TIP.width > fit.width ? left - 12 - TIP.width : left + 12;
  const tipTop = top - TIP.height < 0 ? top + 10 : top - TIP.height;
  const arms = 'M6.5 0v4M6.5 9v4M0 6.5h4M9 6.5h4';
  return (
    <>
      <svg className="image-stage-cross" style={{ left, top }} viewBox="0 0 13 13" aria-hidden="true">
        <path d={arms} stroke="#fff" strokeWidth="3" />
        <path d={arms} stroke="#111" strokeWidth="1.3" />
      </svg>
      {times === null ? null : (
        <span
          className={`image-stage-tip ${tipLeft < left ? 'before' : ''}`}
          style={{ left: tipLeft, top: tipTop, minWidth: TIP.width }}
          aria-hidden="true"
        >
          <span>
            <b>{times}</b> {WORDS.uniform}
          </span>
        </span>
      )}
    </>
  );
}
