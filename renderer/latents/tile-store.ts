/** Paints tiles a few at a time between frames, from the middle of the view outwards, and keeps what was painted. */
import type { TilePainter } from './tile-painter';

/** Main-thread milliseconds a frame may spend on painting; scrolling needs the rest of its eight. */
const FRAME_BUDGET_MS = 2;
/** Bytes of painted tiles kept at most: 2,048 tiles of 84 px. */
const KEPT_BYTES = 64 * 1024 * 1024;

/**
 * A row of tiles on one canvas. A canvas for each tile would be a layer for each tile, and layers cost
 * every frame of a scroll (measured at 2,048 latents: 36 ms of main thread a frame, most of it layers).
 */
export interface TileRow {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  readonly latents: readonly number[];
  /** Position of the first tile in the gallery's order. */
  readonly first: number;
  /** CSS px from one tile's left edge to the next. */
  readonly pitch: number;
  readonly version: string;
}

interface Waiting {
  readonly row: TileRow;
  readonly column: number;
}

export class TileStore {
  #painter: TilePainter | null = null;
  #ratio = 1;
  /** Bitmaps by latent, the one used longest ago first. */
  readonly #bitmaps = new Map<number, ImageBitmap>();
  readonly #waiting = new Map<HTMLCanvasElement, Waiting[]>();
  #frame = 0;
  #scratch: OffscreenCanvas | null = null;
  /** Position in the middle of the view. */
  middle = 0;

  /** Takes another painter; tiles of another version are forgotten, those that could not be painted are tried again. */
  use(painter: TilePainter, ratio: number): void {
    if (painter.version !== this.#painter?.version || ratio !== this.#ratio) this.#forget();
    this.#painter = painter;
    this.#ratio = ratio;
    this.#schedule();
  }

  /** Shows a row on its canvas: tiles painted before at once, the others as soon as there is time and a map. */
  show(row: TileRow, tile: { width: number; height: number }, ratio: number): void {
    const { canvas, context, latents, pitch } = row;
    const width = Math.round(((latents.length - 1) * pitch + tile.width) * ratio);
    const height = Math.round(tile.height * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    } else context.clearRect(0, 0, width, height);
    // React runs a row's effect before the gallery's: bitmaps of the painter before do not count.
    const known = row.version === this.#painter?.version && ratio === this.#ratio;
    const waiting: Waiting[] = [];
    for (const [column, latent] of latents.entries()) {
      const bitmap = known ? this.#bitmaps.get(latent) : undefined;
      if (bitmap) {
        this.#bitmaps.delete(latent);
        this.#bitmaps.set(latent, bitmap);
        context.drawImage(bitmap, Math.round(column * pitch * ratio), 0);
      } else waiting.push({ row, column });
    }
    if (waiting.length > 0) this.#waiting.set(canvas, waiting);
    else this.#waiting.delete(canvas);
    this.#schedule();
  }

  drop(canvas: HTMLCanvasElement): void {
    this.#waiting.delete(canvas);
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#waiting.clear();
    this.#forget();
  }

  #forget(): void {
    for (const bitmap of this.#bitmaps.values()) bitmap.close();
    this.#bitmaps.clear();
  }

  #schedule(): void {
    if (this.#frame !== 0 || this.#waiting.size === 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#paintSome();
    });
  }

  #paintSome(): void {
    const painter = this.#painter;
    if (!painter) return;
    const distance = ({ row, column }: Waiting): number => Math.abs(row.first + column - this.middle);
    const queue = [...this.#waiting.values()].flat().sort((a, b) => distance(a) - distance(b));
    const until = performance.now() + FRAME_BUDGET_MS;
    const done = new Set<Waiting>();
    let late = false;
    for (const waiting of queue) {
      const { row, column } = waiting;
      const latent = row.latents[column]!;
      const bitmap = this.#bitmaps.get(latent) ?? this.#paint(painter, latent);
      if (!bitmap) continue;
      row.context.drawImage(bitmap, Math.round(column * row.pitch * this.#ratio), 0);
      done.add(waiting);
      late = performance.now() > until;
      if (late) break;
    }
    for (const [canvas, list] of this.#waiting) {
      const left = list.filter((waiting) => !done.has(waiting));
      if (left.length > 0) this.#waiting.set(canvas, left);
      else this.#waiting.delete(canvas);
    }
    // Out of time, the rest is for the next frame; otherwise whoever still waits has no map yet, and `use` is called when more have come.
    if (late) this.#schedule();
  }

  #paint(painter: TilePainter, latent: number): ImageBitmap | null {
    const width = Math.max(1, Math.round(painter.width * this.#ratio));
    const height = Math.max(1, Math.round(painter.height * this.#ratio));
    this.#scratch ??= new OffscreenCanvas(width, height);
    if (this.#scratch.width !== width) this.#scratch.width = width;
    if (this.#scratch.height !== height) this.#scratch.height = height;
    const context = this.#scratch.getContext('2d', { willReadFrequently: true });
    if (!context || !painter.paint(latent, context, width, height)) return null;
    const bitmap = this.#scratch.transferToImageBitmap();
    this.#bitmaps.set(latent, bitmap);
    const most = Math.max(256, Math.floor(KEPT_BYTES / (4 * width * height)));
    for (const [oldest, old] of this.#bitmaps) {
      if (this.#bitmaps.size <= most) break;
      old.close();
      this.#bitmaps.delete(oldest);
    }
    return bitmap;
  }
}
