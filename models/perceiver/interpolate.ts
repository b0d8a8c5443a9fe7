/** Resizes a learned position table as transformers does (torch's bicubic: a = −0.75, half-pixel centres, edges clamped, no antialiasing). */

/** [side², channels] → [height × width, channels]. */
export function interpolateTable(table: Float32Array, side: number, channels: number, height: number, width: number): Float32Array {
  const rows = taps(side, height);
  const columns = taps(side, width);
  const out = new Float32Array(height * width * channels);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const base = (y * width + x) * channels;
      for (let i = 0; i < 4; i += 1) {
        for (let j = 0; j < 4; j += 1) {
          const weight = rows[y]!.weights[i]! * columns[x]!.weights[j]!;
          const from = (rows[y]!.at[i]! * side + columns[x]!.at[j]!) * channels;
          for (let c = 0; c < channels; c += 1) out[base + c]! += weight * table[from + c]!;
        }
      }
    }
  }
  return out;
}

/** For each output place its four inputs and their weights. */
function taps(from: number, to: number): { at: number[]; weights: number[] }[] {
  const a = -0.75;
  return Array.from({ length: to }, (_, index) => {
    const place = ((index + 0.5) * from) / to - 0.5;
    const floor = Math.floor(place);
    const t = place - floor;
    const near = (x: number) => ((a + 2) * x - (a + 3)) * x * x + 1;
    const far = (x: number) => ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
    return {
      at: [-1, 0, 1, 2].map((offset) => Math.min(from - 1, Math.max(0, floor + offset))),
      weights: [far(t + 1), near(t), near(1 - t), far(2 - t)],
    };
  });
}
