/**
 * Area averaging: every cell of the result is the mean of the rectangle it covers, with partial cells weighted by
 * their covered part. Never nearest: the maps of Fourier latents are lattices and would alias.
 */

/** One axis of a box filter: for each target cell the source cells it covers and their weights, which sum to 1. */
interface Axis {
  readonly starts: Uint32Array;
  readonly counts: Uint32Array;
  readonly weights: Float32Array;
  readonly stride: number;
}

function axis(source: number, target: number): Axis {
  const step = source / target;
  const stride = Math.ceil(step) + 1;
  const starts = new Uint32Array(target);
  const counts = new Uint32Array(target);
  const weights = new Float32Array(target * stride);
  for (let cell = 0; cell < target; cell++) {
    const from = cell * step;
    const to = (cell + 1) * step;
    const first = Math.min(source - 1, Math.floor(from + 1e-9));
    const last = Math.min(source, Math.max(first + 1, Math.ceil(to - 1e-9)));
    starts[cell] = first;
    counts[cell] = last - first;
    for (let index = first; index < last; index++) {
      weights[cell * stride + index - first] = (Math.min(to, index + 1) - Math.max(from, index)) / step;
    }
  }
  return { starts, counts, weights, stride };
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Resamples planes of interleaved channels by area.
 * @param values [height, width, channels], row-major; at least that many values.
 * @returns [to.height, to.width, channels]. A target larger than the source repeats cells with blended borders.
 */
export function areaAverage(values: ArrayLike<number>, from: Size, to: Size, channels = 1): Float32Array {
  const across = axis(from.width, to.width);
  const down = axis(from.height, to.height);
  const rowLength = to.width * channels;
  const result = new Float32Array(to.height * rowLength);
  const row = new Float32Array(rowLength);
  // Rows of the source are narrowed once each; a border row is shared by two target rows at most.
  let narrowed = -1;
  for (let y = 0; y < to.height; y++) {
    const first = down.starts[y]!;
    for (let index = 0; index < down.counts[y]!; index++) {
      if (narrowed !== first + index) {
        narrowed = first + index;
        narrowRow(values, narrowed * from.width * channels, across, channels, row);
      }
      const weight = down.weights[y * down.stride + index]!;
      for (let x = 0; x < rowLength; x++) result[y * rowLength + x]! += weight * row[x]!;
    }
  }
  return result;
}

function narrowRow(values: ArrayLike<number>, offset: number, across: Axis, channels: number, row: Float32Array): void {
  for (let x = 0; x < across.starts.length; x++) {
    const first = across.starts[x]!;
    const count = across.counts[x]!;
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      for (let index = 0; index < count; index++) {
        sum += across.weights[x * across.stride + index]! * values[offset + (first + index) * channels + channel]!;
      }
      row[x * channels + channel] = sum;
    }
  }
}
