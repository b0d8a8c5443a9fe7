import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type SyntheticEvent,
  useCallback,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { isStill } from '../draw/motion';
import { usePixelRatio } from '../draw/use-pixel-ratio';
import { useSize } from '../draw/use-size';
import { type GalleryLayout, keptRows, layoutGallery, moveFocus, revealRow } from './gallery-layout';
import { GalleryMaps, GalleryRow } from './gallery-row';
import './latents.css';
import type { TilePainter } from './tile-painter';
import { TileStore } from './tile-store';

export interface LatentGalleryProps {
  /** What the grid is, for screen readers: "Latents, sorted by rows read". */
  readonly label: string;
  /** Latents in the order shown. The same object means the same order. */
  readonly order: ArrayLike<number>;
  readonly painter: TilePainter;
  /** The quantity at the right of a tile's caption. A new function redraws captions. */
  readonly caption: (latent: number) => string;
  /** The sentence a screen reader says for a tile. A new function redraws labels. */
  readonly describe: (latent: number) => string;
  readonly selected: readonly number[];
  readonly pinned?: ReadonlySet<number>;
  /** Whether a tile's map goes beyond the shared scale; none does by default. */
  readonly clipped?: (latent: number) => boolean;
  /** Maps are still being computed. */
  readonly busy?: boolean;
  /** A latent is pointed at (after 60 ms) or has keyboard focus; null when none is any more. */
  readonly onPreview: (latent: number | null) => void;
  /** Click or Enter; `add` with Shift. */
  readonly onSelect: (latent: number, add: boolean) => void;
  /** Double click or Space. */
  readonly onOpen: (latent: number) => void;
  /** Scrolls to this latent whenever it changes: "Find latent", or a selection made elsewhere. */
  readonly reveal?: number | null;
  /** What the order goes by. With another `key` the view starts anew: at `latent`, or at the top. */
  readonly start?: { readonly key: string; readonly latent: number | null };
  /** The map of a tile is to be copied. */
  readonly onCopy?: (latent: number) => void;
}

const PREVIEW_AFTER_MS = 60;
/** Room for selection rings inside the scrolled area, CSS px. */
const PADDING = 4;
const NONE: ReadonlySet<number> = new Set();
const never = (): boolean => false;

/** Every latent of the array as a tile: virtualised by rows, one tab stop, focus apart from selection. */
export function LatentGallery(props: LatentGalleryProps) {
  const { order, painter, onPreview, reveal } = props;
  const count = order.length;
  const scroller = useRef<HTMLDivElement>(null);
  const store = useMemo(() => new TileStore(), []);
  const size = useSize(scroller);
  const ratio = usePixelRatio();
  const { width: tileWidth, height: tileHeight } = painter;
  const layout = useMemo(
    () => layoutGallery(count, size.width - 2 * PADDING, { width: tileWidth, height: tileHeight }),
    [count, size.width, tileWidth, tileHeight],
  );
  const [focused, setFocused] = useState<number | null>(null);
  const wantsFocus = useRef(false);
  const positions = useMemo(() => positionsOf(order), [order]);
  const focusPosition = focused === null ? null : (positions.get(focused) ?? null);
  const focusedRow = focusPosition === null ? null : Math.floor(focusPosition / layout.columns);
  const tabStop = focusPosition ?? positions.get(props.selected[0] ?? -1) ?? 0;

  const virtualizer = useVirtualizer({
    count: layout.rows,
    getScrollElement: () => scroller.current,
    estimateSize: () => layout.rowHeight,
    paddingStart: PADDING,
    paddingEnd: PADDING,
    scrollPaddingStart: PADDING,
    scrollPaddingEnd: PADDING,
    useFlushSync: false,
    rangeExtractor: (range) => keptRows(range.startIndex, range.endIndex, layout.rows, focusedRow),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured rows are stale when their height changes, and only then.
  useLayoutEffect(() => virtualizer.measure(), [layout.rowHeight]);

  const rows = virtualizer.getVirtualItems();
  const slots = useSlots(rows.map((row) => row.index));
  const inSlots = [...rows].sort((a, b) => slots(a.index) - slots(b.index));
  const id = useId();
  const rowId = (row: number): string => `${id}-${slots(row)}`;
  const middle = ((virtualizer.scrollOffset ?? 0) + size.height / 2) / layout.rowHeight;
  store.middle = middle * layout.columns;
  useEffect(() => store.use(painter, ratio), [store, painter, ratio]);
  useEffect(() => () => store.close(), [store]);
  useFade(scroller, order);

  useLayoutEffect(() => {
    if (!wantsFocus.current || focusPosition === null) return;
    wantsFocus.current = false;
    scroller.current?.querySelector<HTMLElement>(`[data-position="${focusPosition}"]`)?.focus({ preventScroll: true });
  });

  const show = useCallback(
    (row: number): void => {
      const element = scroller.current;
      if (!element) return;
      const to = revealRow(row, layout.rowHeight, { top: element.scrollTop, height: element.clientHeight }, PADDING);
      if (to !== null) virtualizer.scrollToOffset(to);
    },
    [layout.rowHeight, virtualizer],
  );
  const revealed = useRef(reveal);
  useEffect(() => {
    if (reveal === revealed.current) return;
    revealed.current = reveal;
    const position = reveal === null || reveal === undefined ? undefined : positions.get(reveal);
    if (position !== undefined) show(Math.floor(position / layout.columns));
  }, [reveal, positions, layout.columns, show]);

  const { start } = props;
  const started = useRef(start?.key);
  useEffect(() => {
    if (start?.key === started.current) return;
    started.current = start?.key;
    const position = start?.latent === null || start?.latent === undefined ? undefined : positions.get(start.latent);
    virtualizer.scrollToOffset(0);
    if (position !== undefined) show(Math.floor(position / layout.columns));
  }, [start, positions, layout.columns, virtualizer, show]);

  const pointing = usePreview(onPreview);

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const latent = latentAt(event);
    if (latent === null || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      if (event.key === 'Enter') props.onSelect(latent, event.shiftKey);
      else props.onOpen(latent);
      event.preventDefault();
      return;
    }
    const pageRows = Math.max(1, Math.floor(size.height / layout.rowHeight));
    const target = moveFocus(positions.get(latent) ?? 0, event, layout, pageRows, count);
    if (target === null) return;
    event.preventDefault();
    event.stopPropagation();
    wantsFocus.current = true;
    setFocused(order[target] ?? null);
    show(Math.floor(target / layout.columns));
  };

  const layerStyle: CSSProperties & Record<`--${string}`, string> = {
    height: 'var(--scroll-height)',
    '--scroll-height': `${virtualizer.getTotalSize()}px`,
    '--tile-width': `${tileWidth}px`,
    '--tile-height': `${tileHeight}px`,
    '--tile-gap': `${layout.gap}px`,
    '--row-height': `${layout.rowHeight}px`,
  };
  return (
    <div className="latent-gallery">
      {/* biome-ignore lint/a11y/useSemanticElements: a virtualised grid cannot be a table. */}
      <div
        ref={scroller}
        role="grid"
        className="latent-gallery-scroll"
        data-letters=""
        aria-label={props.label}
        aria-rowcount={layout.rows}
        aria-colcount={layout.columns}
        aria-multiselectable="true"
        aria-busy={props.busy ?? false}
        onPointerOver={pointing.over}
        onPointerLeave={pointing.leave}
        onClick={(event) => {
          const latent = latentAt(event);
          if (latent === null) return;
          setFocused(latent);
          props.onSelect(latent, event.shiftKey);
        }}
        onDoubleClick={(event) => {
          const latent = latentAt(event);
          if (latent !== null) props.onOpen(latent);
        }}
        onKeyDown={onKeyDown}
        onCopy={(event) => {
          const latent = latentAt(event);
          if (latent === null || !props.onCopy) return;
          event.preventDefault();
          props.onCopy(latent);
        }}
        onFocus={(event) => {
          const latent = latentAt(event);
          if (latent === null) return;
          setFocused(latent);
          if (event.target.matches(':focus-visible')) onPreview(latent);
        }}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) onPreview(null);
        }}
      >
        <div className="latent-gallery-layer" aria-hidden="true" style={layerStyle}>
          {inSlots.map((row) => (
            <GalleryMaps
              key={slots(row.index)}
              row={row.index}
              top={row.start}
              layout={layout}
              store={store}
              ratio={ratio}
              painter={painter}
              order={order}
            />
          ))}
        </div>
        {/* Elements keep their places in the document while rows come and go; the order for reading is said here. */}
        {/* biome-ignore lint/a11y/useSemanticElements: a virtualised grid cannot be a table. */}
        <div className="latent-gallery-layer" role="rowgroup" aria-owns={rows.map((row) => rowId(row.index)).join(' ')} style={layerStyle}>
          {inSlots.map((row) => (
            <GalleryRow
              id={rowId(row.index)}
              key={slots(row.index)}
              row={row.index}
              top={row.start}
              layout={layout}
              painter={painter}
              order={order}
              caption={props.caption}
              describe={props.describe}
              selected={props.selected}
              pinned={props.pinned ?? NONE}
              clipped={props.clipped ?? never}
              tabStop={Math.floor(tabStop / layout.columns) === row.index ? tabStop : -1}
            />
          ))}
        </div>
      </div>
      {virtualizer.getTotalSize() > size.height ? (
        <ScrollTicks selected={props.selected} pinned={props.pinned ?? NONE} positions={positions} layout={layout} />
      ) : null}
    </div>
  );
}

interface ScrollTicksProps {
  readonly selected: readonly number[];
  readonly pinned: ReadonlySet<number>;
  readonly positions: ReadonlyMap<number, number>;
  readonly layout: GalleryLayout;
}

/** Marks beside the scroll bar where selected and pinned latents are. */
function ScrollTicks({ selected, pinned, positions, layout }: ScrollTicksProps) {
  const place = (latent: number): string => `${(100 * (Math.floor((positions.get(latent) ?? 0) / layout.columns) + 0.5)) / layout.rows}%`;
  return (
    <div className="latent-gallery-ticks" aria-hidden="true">
      {[...pinned].map((latent) => (
        <i key={latent} style={{ top: place(latent) }} />
      ))}
      {selected.map((latent) => (
        <i key={`selected ${latent}`} className="selected" style={{ top: place(latent) }} />
      ))}
    </div>
  );
}

/**
 * Keys under which rows are drawn: a row that comes takes the key, and so the elements and the canvas, of one that went.
 * A row that stays keeps its own, and with it the focus.
 */
function useSlots(rows: readonly number[]): (row: number) => number {
  const taken = useRef(new Map<number, number>());
  const kept = new Map<number, number>();
  for (const row of rows) {
    const slot = taken.current.get(row);
    if (slot !== undefined) kept.set(row, slot);
  }
  const used = new Set(kept.values());
  let free = 0;
  for (const row of rows) {
    if (kept.has(row)) continue;
    while (used.has(free)) free++;
    used.add(free);
    kept.set(row, free);
  }
  taken.current = kept;
  return (row) => kept.get(row) ?? row;
}

function latentAt(event: SyntheticEvent): number | null {
  const tile = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-latent]') : null;
  return tile ? Number(tile.dataset.latent) : null;
}

function positionsOf(order: ArrayLike<number>): ReadonlyMap<number, number> {
  const positions = new Map<number, number>();
  for (let position = 0; position < order.length; position++) positions.set(order[position]!, position);
  return positions;
}

/** Pointing previews after a moment, so that crossing the gallery asks for nothing. */
function usePreview(onPreview: (latent: number | null) => void): {
  over: (event: PointerEvent) => void;
  leave: () => void;
} {
  const state = useRef({ timer: 0, latent: null as number | null });
  useEffect(() => () => clearTimeout(state.current.timer), []);
  const later = (latent: number | null): void => {
    if (latent === state.current.latent) return;
    state.current.latent = latent;
    clearTimeout(state.current.timer);
    state.current.timer = window.setTimeout(() => onPreview(latent), PREVIEW_AFTER_MS);
  };
  return {
    over: (event) => {
      if (event.pointerType !== 'touch') later(latentAt(event));
    },
    leave: () => {
      clearTimeout(state.current.timer);
      if (state.current.latent === null) return;
      state.current.latent = null;
      onPreview(null);
    },
  };
}

/** Sorting fades, tiles do not fly. */
function useFade(element: { readonly current: HTMLElement | null }, order: ArrayLike<number>): void {
  const last = useRef(order);
  useEffect(() => {
    if (last.current === order) return;
    last.current = order;
    if (!isStill()) element.current?.animate([{ opacity: 0.3 }, { opacity: 1 }], { duration: 120, easing: 'ease-out' });
  }, [element, order]);
}
