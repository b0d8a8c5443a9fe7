/** Fourier position features (paper, appendix D; transformers' generate_fourier_features), with torch's own roundings. */
const f32 = Math.fround;

/** torch.linspace(start, end, count) in float32: the second half is counted from the end. */
export function linspace(start: number, end: number, count: number): Float32Array {
  const out = new Float32Array(count);
  if (count === 1) {
    out[0] = start;
    return out;
  }
  const step = f32((end - start) / f32(count - 1));
  for (let i = 0; i < count; i += 1) out[i] = i < count >> 1 ? start + step * i : end - step * (count - 1 - i);
  return out;
}

/**
 * Features of a grid, row-major, first axis first: [prod(shape), d + 2 × d × bands] as positions, sines axis by axis,
 * cosines axis by axis. Frequencies are linspace(1, resolution / 2, bands) per axis.
 */
export function fourierFeatures(shape: readonly number[], bands: number, resolution: readonly number[]): Float32Array {
  const axes = shape.map((count) => linspace(-1, 1, count));
  return features(
    axes,
    rowMajor(shape),
    shape.reduce((a, b) => a * b, 1),
    bands,
    resolution,
  );
}

/**
 * The same of chosen points of a grid, by their flat index, as PerceiverBasicDecoder asks for subsampled outputs: [points, …].
 * Its positions are −1 + 2 × index / count, which never reach 1.
 */
export function pointFeatures(
  points: readonly number[],
  shape: readonly number[],
  bands: number,
  resolution: readonly number[],
): Float32Array {
  const axes = shape.map((count) => Float32Array.from({ length: count }, (_, index) => -1 + f32((2 * index) / count)));
  const at = (row: number, index: number[]): void => {
    let rest = points[row]!;
    for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
      index[axis] = rest % shape[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
  };
  return features(axes, at, points.length, bands, resolution);
}

/** Sets `index` to the place of row `row`, when rows are asked for in order. */
type Places = (row: number, index: number[]) => void;

function rowMajor(shape: readonly number[]): Places {
  return (row, index) => {
    if (row > 0) for (let a = shape.length - 1; a >= 0 && ++index[a]! === shape[a]; a -= 1) index[a] = 0;
  };
}

function features(
  positions: readonly Float32Array[],
  places: Places,
  rows: number,
  bands: number,
  resolution: readonly number[],
): Float32Array {
  const axes = positions.length;
  const width = axes + 2 * axes * bands;
  const out = new Float32Array(rows * width);
  const frequencies = resolution.map((value) => linspace(1, value / 2, bands));
  const pi = f32(Math.PI);
  // An axis has few positions and many rows share them: sines and cosines are made once per position.
  const made = positions.map((axis) => new Array<Float32Array | undefined>(axis.length));
  const table = (axis: number, at: number): Float32Array => {
    const position = positions[axis]![at]!;
    const angles = Array.from(frequencies[axis]!, (frequency) => f32(f32(position * frequency) * pi));
    return Float32Array.from([...angles.map(Math.sin), ...angles.map(Math.cos)]);
  };
  const index = new Array<number>(axes).fill(0);
  for (let row = 0; row < rows; row += 1) {
    places(row, index);
    const base = row * width;
    for (let a = 0; a < axes; a += 1) {
      const at = index[a]!;
      made[a]![at] ??= table(a, at);
      const waves = made[a]![at]!;
      out[base + a] = positions[a]![at]!;
      out.set(waves.subarray(0, bands), base + axes + a * bands);
      out.set(waves.subarray(bands), base + axes + axes * bands + a * bands);
    }
  }
  return out;
}
