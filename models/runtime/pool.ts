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
  const rows = shares(from.height, to.height);
  const columns = shares(from.width, to.width);
  for (let y = 0; y < to.height; y += 1) {
    for (let x = 0; x < to.width; x += 1) {
      let sum = 0;
      for (const [i, down] of rows[y]!) for (const [j, across] of columns[x]!) sum += down * across * row[i * from.width + j]!;
      out[y * to.width + x] = sum;
    }
  }
}

const made = new Map<string, [number, number][][]>();

/** For each of `to` cells the places it covers and their weights, which sum to 1. */
function shares(from: number, to: number): [number, number][][] {
  const key = `${from}/${to}`;
  let list = made.get(key);
  if (!list) {
    const size = from / to;
    list = Array.from({ length: to }, (_, cell) => {
      const start = cell * size;
      const end = start + size;
      const covered: [number, number][] = [];
      for (let place = Math.floor(start); place < Math.min(from, Math.ceil(end - 1e-9)); place += 1) {
        covered.push([place, (Math.min(end, place + 1) - Math.max(start, place)) / size]);
      }
      return covered;
    });
    made.set(key, list);
  }
  return list;
}
