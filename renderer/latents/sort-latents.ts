/** Orders of the gallery. Stable; ties by index in both directions; what is not yet known comes last. */

export type SortDirection = 'ascending' | 'descending';

/**
 * Latents in order of a quantity.
 * @param count N.
 * @param values [N], or null for the order of the index; NaN is a value not yet known.
 * @returns [N] latent indices.
 */
export function sortLatents(count: number, values: ArrayLike<number> | null, direction: SortDirection): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  if (!values) return direction === 'ascending' ? order : order.reverse();
  const sign = direction === 'ascending' ? 1 : -1;
  return order.sort((a, b) => {
    const left = values[a] ?? Number.NaN;
    const right = values[b] ?? Number.NaN;
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right)) || a - b;
    return sign * (left - right) || a - b;
  });
}

/**
 * Cosine between the selected latent's map and every other, over area-averaged maps.
 * @param maps [N, cells], row-major. @param selected index of the latent that is compared with.
 * @returns [N], 0..1 for maps without negative weights; a map of zeros (not yet there) gives NaN.
 */
export function cosineSimilarity(maps: ArrayLike<number>, cells: number, selected: number): Float32Array {
  const count = cells === 0 ? 0 : Math.floor(maps.length / cells);
  const result = new Float32Array(count);
  const norm = (latent: number): number => {
    let sum = 0;
    for (let cell = 0; cell < cells; cell++) sum += maps[latent * cells + cell]! ** 2;
    return Math.sqrt(sum);
  };
  const own = norm(selected);
  for (let latent = 0; latent < count; latent++) {
    let dot = 0;
    for (let cell = 0; cell < cells; cell++) dot += maps[latent * cells + cell]! * maps[selected * cells + cell]!;
    const length = own * norm(latent);
    result[latent] = length > 0 ? dot / length : Number.NaN;
  }
  return result;
}

/** Rank of a value among all, 1 for the largest; equal values share the better rank. */
export function rankOf(values: ArrayLike<number>, index: number): number {
  const own = values[index]!;
  let rank = 1;
  for (let other = 0; other < values.length; other++) if (values[other]! > own) rank++;
  return rank;
}

/** The indices of the largest values, largest first, ties by index. */
export function largest(values: ArrayLike<number>, count: number): number[] {
  return Array.from(sortLatents(values.length, values, 'descending').subarray(0, count));
}
