/**
 * Softmax of one row, in double precision after the largest value is taken away, so that it neither overflows nor loses
 * small probabilities. `out` (same length) is filled and returned. Rows with NaN give NaN: nothing is hidden.
 */
export function softmax(row: Float32Array, out: Float64Array = new Float64Array(row.length)): Float64Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of row) highest = Math.max(highest, value);
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    const value = Math.exp(row[i]! - highest);
    out[i] = value;
    sum += value;
  }
  for (let i = 0; i < out.length; i++) out[i] = out[i]! / sum;
  return out;
}
