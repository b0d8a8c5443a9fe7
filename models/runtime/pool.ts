/** Area average over a grid: a cell holds the mean of the places it covers, with parts of places by their share. */
interface Grid {
  readonly height: number;
  readonly width: number;
}

/** [from.height × from.width] → `out` [to.height × to.width]; `to` is at most `from` on both axes. */
export function poolRow(row: Float32Array, from: Grid, to: Grid, out: Float32Array): void {
  if (from.height === to.height && from.width === to.width) {
    out.set(row);
    return;
  }
  const across = sharesOf(from.width, to.width);
  const down = sharesOf(from.height, to.height);
  const narrow = new Float64Array(from.height * to.width);
  for (let y = 0; y < from.height; y += 1) {
    for (let x = 0; x < to.width; x += 1) {
      const { start, weights } = across[x]!;
      let sum = 0;
      for (let i = 0; i < weights.length; i += 1) sum += weights[i]! * row[y * from.width + start + i]!;
      narrow[y * to.width + x] = sum;
    }
  }
  for (let y = 0; y < to.height; y += 1) {
    const { start, weights } = down[y]!;
    for (let x = 0; x < to.width; x += 1) {
      let sum = 0;
      for (let i = 0; i < weights.length; i += 1) sum += weights[i]! * narrow[(start + i) * to.width + x]!;
      out[y * to.width + x] = sum;
    }
  }
}

/** The places a cell covers, from `start` on, by weights that sum to 1. */
interface Shares {
  readonly start: number;
  readonly weights: Float64Array;
}

let last: { from: number; to: number; shares: readonly Shares[] }[] = [];

/** Rows of one answer are all pooled alike: the shares of both axes are kept. */
function sharesOf(from: number, to: number): readonly Shares[] {
  const known = last.find((entry) => entry.from === from && entry.to === to);
  if (known) return known.shares;
  const size = from / to;
  const shares = Array.from({ length: to }, (_, cell): Shares => {
    const start = Math.floor(cell * size + 1e-9);
    const end = Math.min(from, Math.ceil((cell + 1) * size - 1e-9));
    const weights = Float64Array.from({ length: end - start }, (_, i) => {
      const place = start + i;
      return (Math.min((cell + 1) * size, place + 1) - Math.max(cell * size, place)) / size;
    });
    return { start, weights };
  });
  last = [{ from, to, shares }, ...last].slice(0, 2);
  return shares;
}
