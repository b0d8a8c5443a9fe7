import { memo, useLayoutEffect, useRef } from 'react';
import type { GalleryLayout } from './gallery-layout';
import type { TilePainter } from './tile-painter';
import type { TileStore } from './tile-store';

interface RowProps {
  readonly row: number;
  /** CSS px from the top of the scrolled area. */
  readonly top: number;
  readonly layout: GalleryLayout;
  readonly painter: TilePainter;
  readonly order: ArrayLike<number>;
}

/** The maps of one row, on one canvas. They lie under the cells of all rows: fewer layers for every frame of a scroll. */
export const GalleryMaps = memo(function GalleryMaps(props: RowProps & { readonly store: TileStore; readonly ratio: number }) {
  const { row, top, layout, painter, order, store, ratio } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const context = useRef<CanvasRenderingContext2D | null>(null);
  const first = row * layout.columns;
  const count = Math.min(layout.columns, order.length - first);
  const pitch = painter.width + layout.gap;
  const { width, height, version } = painter;

  useLayoutEffect(() => {
    const element = canvas.current;
    context.current ??= element?.getContext('2d', { willReadFrequently: true }) ?? null;
    if (!element || !context.current) return;
    const latents = Array.from({ length: count }, (_, column) => order[first + column]!);
    store.show({ canvas: element, context: context.current, latents, first, pitch, version }, { width, height }, ratio);
    return () => store.drop(element);
  }, [store, version, order, first, count, pitch, width, height, ratio]);

  return <canvas ref={canvas} className="latent-gallery-maps" style={{ top, width: (count - 1) * pitch + width, height }} />;
});

export interface GalleryRowProps extends RowProps {
  readonly id: string;
  readonly caption: (latent: number) => string;
  readonly describe: (latent: number) => string;
  readonly selected: readonly number[];
  readonly pinned: ReadonlySet<number>;
  readonly clipped: (latent: number) => boolean;
  /** Position of the tab stop where it is in this row, otherwise −1. */
  readonly tabStop: number;
}

/** The cells of one row: ring, caption and keys over each map. */
export const GalleryRow = memo(function GalleryRow(props: GalleryRowProps) {
  const { row, layout, order } = props;
  const first = row * layout.columns;
  const latents = Array.from({ length: Math.min(layout.columns, order.length - first) }, (_, column) => order[first + column]!);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtualised grid cannot be a table.
    // biome-ignore lint/a11y/useFocusableInteractive: tiles take focus, rows do not.
    <div role="row" id={props.id} className="latent-gallery-row" aria-rowindex={row + 1} style={{ top: props.top }}>
      {latents.map((latent, column) => (
        <GalleryTile
          // Cells are reused from row to row while scrolling: making new ones costs more than a frame has.
          // biome-ignore lint/suspicious/noArrayIndexKey: the place is the cell's identity, the latent is what it shows.
          key={column}
          latent={latent}
          position={first + column}
          column={column}
          caption={props.caption(latent)}
          label={props.describe(latent)}
          selected={props.selected.includes(latent)}
          pinned={props.pinned.has(latent)}
          clipped={props.clipped(latent)}
          tabStop={first + column === props.tabStop}
        />
      ))}
    </div>
  );
});

interface GalleryTileProps {
  readonly latent: number;
  readonly position: number;
  readonly column: number;
  readonly caption: string;
  readonly label: string;
  readonly selected: boolean;
  readonly pinned: boolean;
  readonly clipped: boolean;
  readonly tabStop: boolean;
}

const GalleryTile = memo(function GalleryTile(props: GalleryTileProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a virtualised grid cannot be a table.
    <div
      role="gridcell"
      className="latent-tile"
      tabIndex={props.tabStop ? 0 : -1}
      aria-colindex={props.column + 1}
      aria-selected={props.selected}
      aria-label={props.label}
      data-position={props.position}
      data-latent={props.latent}
    >
      <span className="latent-tile-index">{props.latent}</span>
      <span className="latent-tile-quantity">{props.caption}</span>
      {props.clipped ? <span className="latent-tile-notch" /> : null}
      {props.pinned ? <span className="latent-tile-pin" /> : null}
    </div>
  );
});
