/**
 * Scales: from a weight to the 0..1 of a colour map. Always from 0, so that no attention has the colour of the page.
 */

/** `linear`: weight / max. `log`: the four decades below max, everything under them is 0. */
export interface Scale {
  readonly kind: 'linear' | 'log';
  /** The weight that takes the last colour; above it values are clipped. */
  readonly max: number;
}

export const LOG_DECADES = 4;
/** "One scale" ends here, so that a single spiky latent does not blank all others. */
export const ONE_SCALE_PERCENTILE = 0.995;

export function highest(values: ArrayLike<number>): number {
  let max = 0;
  for (let index = 0; index < values.length; index++) if (values[index]! > max) max = values[index]!;
  return max;
}

/** Own scale of a map: 0 to its own highest weight. */
export const ownScale = (values: ArrayLike<number>, kind: Scale['kind'] = 'linear'): Scale => ({ kind, max: highest(values) });

/** One scale for many maps: 0 to the 99.5th percentile of their highest weights. Those that are NaN (not yet known) do not count. */
export function oneScale(maxima: ArrayLike<number>, kind: Scale['kind'] = 'linear'): Scale {
  return { kind, max: percentile(maxima, ONE_SCALE_PERCENTILE) };
}

/** The value below which `share` of the values lie, linear between neighbours (as NumPy's default); 0 for none. NaN is left out. */
export function percentile(values: ArrayLike<number>, share: number): number {
  const sorted = Float64Array.from(Array.from(values).filter((value) => !Number.isNaN(value))).sort();
  if (sorted.length === 0) return 0;
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(sorted.length - 1, below + 1)]!;
  return low + (high - low) * (position - below);
}

/** Whether a map goes beyond a scale: its tile gets a notch. A rounding of the last float is not beyond. */
export const isClipped = (highestWeight: number, scale: Scale): boolean => highestWeight > scale.max * (1 + 1e-6);

/** Where a weight lies on a scale, 0..1. A scale without extent (a map of zeros) puts everything at 0. */
export function scaled(weight: number, scale: Scale): number {
  if (!(scale.max > 0) || !(weight > 0)) return 0;
  const ratio = weight / scale.max;
  if (ratio >= 1) return 1;
  if (scale.kind === 'linear') return ratio;
  return Math.max(0, 1 + Math.log10(ratio) / LOG_DECADES);
}
