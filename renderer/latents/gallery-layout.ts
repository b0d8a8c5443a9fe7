/** Where tiles stand and where keys lead: the arithmetic of the gallery, without DOM. Positions are places in the sorted order. */

export const TILE_SIZES = [40, 56, 84, 112] as const;
export type TileSize = (typeof TILE_SIZES)[number];

const GAP = 8;
/** Columns spread over the width left, but no further apart than this. */
const WIDEST_GAP = 16;
export const CAPTION_HEIGHT = 16;

export interface GalleryLayout {
  readonly columns: number;
  readonly rows: number;
  /** CSS px between columns. */
  readonly gap: number;
  /** CSS px from the top of one row to the next: tile, caption, gap. */
  readonly rowHeight: number;
}

/** @param width CSS px inside the gallery's padding. */
export function layoutGallery(count: number, width: number, tile: { width: number; height: number }): GalleryLayout {
  const columns = Math.max(1, Math.floor((width + GAP) / (tile.width + GAP)));
  const left = width - columns * tile.width;
  const gap = columns === 1 ? GAP : Math.min(WIDEST_GAP, Math.max(GAP, Math.floor(left / (columns - 1))));
  return { columns, rows: Math.ceil(count / columns), gap, rowHeight: tile.height + CAPTION_HEIGHT + GAP };
}

export interface GridKey {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/**
 * The position a key leads to from another, as in the ARIA grid pattern; null for keys that do not move.
 * Home and End go to the ends of the row, with Ctrl to the ends of the set; from the last but one row Down always reaches the last.
 */
export function moveFocus(
  position: number,
  { key, ctrlKey, metaKey }: GridKey,
  layout: GalleryLayout,
  pageRows: number,
  count: number,
): number | null {
  const { columns } = layout;
  const last = count - 1;
  const row = Math.floor(position / columns);
  const lastRow = Math.floor(last / columns);
  const down = (rows: number): number => {
    const target = position + rows * columns;
    if (target <= last) return target;
    // The column may have no tile in the last row, or the page is longer than what is left.
    return row === lastRow ? position : Math.min(last, lastRow * columns + (position % columns));
  };
  const up = (rows: number): number => Math.max(position % columns, position - rows * columns);
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, position - 1);
    case 'ArrowRight':
      return Math.min(last, position + 1);
    case 'ArrowUp':
      return position < columns ? position : position - columns;
    case 'ArrowDown':
      return down(1);
    case 'PageUp':
      return up(pageRows);
    case 'PageDown':
      return down(pageRows);
    case 'Home':
      return ctrlKey || metaKey ? 0 : row * columns;
    case 'End':
      return ctrlKey || metaKey ? last : Math.min(last, row * columns + columns - 1);
    default:
      return null;
  }
}

/**
 * Where to scroll so that a row is seen whole, a row's top at the top of the view; null where it is seen already.
 * @param view from where, and how much is seen, CSS px. @param padding above the first row.
 */
export function revealRow(row: number, rowHeight: number, view: { top: number; height: number }, padding: number): number | null {
  const top = padding + row * rowHeight;
  if (top >= view.top && top + rowHeight <= view.top + view.height) return null;
  const rowsSeen = Math.max(1, Math.floor((view.height - padding) / rowHeight));
  return Math.max(0, (top < view.top ? row : row - rowsSeen + 1) * rowHeight);
}

/** Rows to keep in the document: those in view, half a screen on both sides, and the row that has focus wherever it is. */
export function keptRows(first: number, last: number, rows: number, focusedRow: number | null): number[] {
  const half = Math.ceil((last - first + 1) / 2);
  const from = Math.max(0, first - half);
  const to = Math.min(rows - 1, last + half);
  const kept = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
  if (focusedRow === null || focusedRow < 0 || focusedRow >= rows) return kept;
  if (focusedRow < from) return [focusedRow, ...kept];
  return focusedRow > to ? [...kept, focusedRow] : kept;
}
