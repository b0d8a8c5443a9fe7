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
  const axes = shape.length;
  const rows = shape.reduce((a, b) => a * b, 1);
  const width = axes + 2 * axes * bands;
  const out = new Float32Array(rows * width);
  const positions = shape.map((count) => linspace(-1, 1, count));
  const frequencies = resolution.map((value) => linspace(1, value / 2, bands));
  const pi = f32(Math.PI);
  // An axis has few positions and many rows share them: sines and cosines are made once per position.
  const tables = positions.map((axis, a) =>
    Array.from(axis, (position) => Array.from(frequencies[a]!, (frequency) => f32(f32(position * frequency) * pi))),
  );
  const index = new Array<number>(axes).fill(0);
  for (let row = 0; row < rows; row += 1) {
    const base = row * width;
    for (let a = 0; a < axes; a += 1) {
      out[base + a] = positions[a]![index[a]!]!;
      const angles = tables[a]![index[a]!]!;
      for (let b = 0; b < bands; b += 1) {
        out[base + axes + a * bands + b] = Math.sin(angles[b]!);
        out[base + axes + axes * bands + a * bands + b] = Math.cos(angles[b]!);
      }
    }
    for (let a = axes - 1; a >= 0 && ++index[a]! === shape[a]; a -= 1) index[a] = 0;
  }
  return out;
}
