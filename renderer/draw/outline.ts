/**
 * The line that encloses half of a map's mass: a level found by sorting the weights, drawn along the pixels' edges
 * where pixels are large on screen, and by marching squares over pixel centres where they are small.
 */

/** Straight pieces of a line, four numbers each (x1, y1, x2, y2), in pixels of the map with (0, 0) its upper left corner. */
export type Segments = Float32Array;

/**
 * The smallest level such that the cells at or above it hold at least `share` of the mass.
 * @param field decides which cells come first. @param mass what is summed; the field itself unless the field was smoothed.
 * @returns Infinity for a map without mass: nothing is enclosed.
 */
export function massLevel(field: ArrayLike<number>, share = 0.5, mass: ArrayLike<number> = field): number {
  const order = Uint32Array.from({ length: field.length }, (_, index) => index).sort((a, b) => field[b]! - field[a]! || a - b);
  let total = 0;
  for (let index = 0; index < field.length; index++) total += mass[index]!;
  if (!(total > 0)) return Number.POSITIVE_INFINITY;
  let sum = 0;
  for (const index of order) {
    sum += mass[index]!;
    // Sums of many float32 weights land a hair below the share they mean.
    if (sum >= share * total * (1 - 1e-9)) return field[index]!;
  }
  return field[order[order.length - 1]!]!;
}

/** Share of the mass in cells whose field is at or above the level, 0..1. */
export function massAbove(field: ArrayLike<number>, level: number, mass: ArrayLike<number> = field): number {
  let above = 0;
  let total = 0;
  for (let index = 0; index < field.length; index++) {
    total += mass[index]!;
    if (field[index]! >= level) above += mass[index]!;
  }
  return total > 0 ? above / total : 0;
}

/** Edges between cells at or above the level and the others (or the border), straight runs joined. */
export function pixelOutline(field: ArrayLike<number>, width: number, height: number, level: number): Segments {
  const inside = (x: number, y: number): boolean => x >= 0 && y >= 0 && x < width && y < height && field[y * width + x]! >= level;
  const found: number[] = [];
  for (let y = 0; y <= height; y++) {
    let start = -1;
    for (let x = 0; x <= width; x++) {
      const edge = x < width && inside(x, y - 1) !== inside(x, y);
      if (edge && start < 0) start = x;
      if (!edge && start >= 0) {
        found.push(start, y, x, y);
        start = -1;
      }
    }
  }
  for (let x = 0; x <= width; x++) {
    let start = -1;
    for (let y = 0; y <= height; y++) {
      const edge = y < height && inside(x - 1, y) !== inside(x, y);
      if (edge && start < 0) start = y;
      if (!edge && start >= 0) {
        found.push(x, start, x, y);
        start = -1;
      }
    }
  }
  return Float32Array.from(found);
}

/**
 * Marching squares over the cells' centres. Outside the map the field is taken as just below the level,
 * so that every line is closed: what touches the border is cut there.
 */
export function smoothOutline(field: ArrayLike<number>, width: number, height: number, level: number): Segments {
  if (!Number.isFinite(level)) return new Float32Array(0);
  const found: number[] = [];
  const at = (x: number, y: number): number =>
    x < 0 || y < 0 || x >= width || y >= height ? Number.NEGATIVE_INFINITY : field[y * width + x]!;
  // Where between two centres the level lies; beside the border the line follows the border itself, half a cell out.
  const between = (from: number, to: number): number => {
    if (from === Number.NEGATIVE_INFINITY || to === Number.NEGATIVE_INFINITY) return 0.5;
    return from === to ? 0.5 : Math.min(1, Math.max(0, (level - from) / (to - from)));
  };
  for (let y = -1; y < height; y++) {
    for (let x = -1; x < width; x++) {
      const a = at(x, y);
      const b = at(x + 1, y);
      const c = at(x + 1, y + 1);
      const d = at(x, y + 1);
      const code = (a >= level ? 1 : 0) | (b >= level ? 2 : 0) | (c >= level ? 4 : 0) | (d >= level ? 8 : 0);
      if (code === 0 || code === 15) continue;
      const left = x + 0.5;
      const top = y + 0.5;
      const north = [left + between(a, b), top] as const;
      const east = [left + 1, top + between(b, c)] as const;
      const south = [left + between(d, c), top + 1] as const;
      const west = [left, top + between(a, d)] as const;
      const join = (from: readonly [number, number], to: readonly [number, number]): void => {
        found.push(from[0], from[1], to[0], to[1]);
      };
      if (code === 1 || code === 14) join(west, north);
      else if (code === 2 || code === 13) join(north, east);
      else if (code === 4 || code === 11) join(east, south);
      else if (code === 8 || code === 7) join(south, west);
      else if (code === 3 || code === 12) join(west, east);
      else if (code === 6 || code === 9) join(north, south);
      else {
        // A saddle: the mean says whether the two corners hang together.
        const together = (a + b + c + d) / 4 >= level;
        if ((code === 5) === together) {
          join(north, east);
          join(south, west);
        } else {
          join(west, north);
          join(east, south);
        }
      }
    }
  }
  return Float32Array.from(found);
}

/** Mean over a square of 2 radius + 1 cells, cut at the border; two passes of running sums. */
export function boxBlur(field: ArrayLike<number>, width: number, height: number, radius: number): Float32Array {
  const pass = (source: ArrayLike<number>, length: number, lines: number, step: number, lineStep: number): Float32Array => {
    const result = new Float32Array(width * height);
    for (let line = 0; line < lines; line++) {
      const base = line * lineStep;
      let sum = 0;
      let count = 0;
      for (let index = 0; index < Math.min(radius, length); index++) {
        sum += source[base + index * step]!;
        count++;
      }
      for (let index = 0; index < length; index++) {
        if (index + radius < length) {
          sum += source[base + (index + radius) * step]!;
          count++;
        }
        if (index - radius - 1 >= 0) {
          sum -= source[base + (index - radius - 1) * step]!;
          count--;
        }
        result[base + index * step] = sum / count;
      }
    }
    return result;
  };
  return pass(pass(field, width, height, 1, width), height, width, width, 1);
}

/** Pixels at least this large on screen (CSS px) are outlined along their edges. */
const CRISP_PIXEL = 6;

/**
 * The line around half of the mass as it should be drawn when one cell is `cellSize` CSS px wide.
 * Small cells are smoothed for the order (not for the mass), so that the line is one a person can follow.
 */
export function halfMassOutline(weights: ArrayLike<number>, width: number, height: number, cellSize: number): Segments {
  if (cellSize >= CRISP_PIXEL) return pixelOutline(weights, width, height, massLevel(weights));
  const field = boxBlur(weights, width, height, Math.max(1, Math.round(3 / cellSize / 1.5)));
  return smoothOutline(field, width, height, massLevel(field, 0.5, weights));
}

/** Segments as SVG path data; two decimals. */
export function pathData(segments: Segments): string {
  const parts: string[] = [];
  for (let index = 0; index + 3 < segments.length; index += 4) {
    const [x1, y1, x2, y2] = [0, 1, 2, 3].map((part) => Math.round(segments[index + part]! * 100) / 100);
    parts.push(`M${x1} ${y1}L${x2} ${y2}`);
  }
  return parts.join('');
}
