import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesSource } from '../checkpoint/byte-source';
import { readSafetensorsHeader } from '../checkpoint/safetensors';
import { readFloats } from '../checkpoint/tensor-entry';
import { fourierFeatures, linspace } from './positions';

interface Vector {
  readonly tensor: string;
  readonly function: string;
  readonly index_dims: readonly number[];
  readonly num_bands: number;
  readonly max_resolution: readonly number[];
  readonly concat_pos: boolean;
  readonly sine_only: boolean;
  readonly row_stride: number;
}

const folder = join(import.meta.dirname, 'fixtures/positions');
const source = bytesSource(new Uint8Array(readFileSync(join(folder, 'positions.safetensors'))));
const header = await readSafetensorsHeader(source, 'positions.safetensors');
const { tensors } = JSON.parse(readFileSync(join(folder, 'positions.json'), 'utf8')) as { tensors: Vector[] };
const expected = async (name: string) => readFloats(source, header.tensors.get(name)!);
const largestDifference = (a: Float32Array, b: Float32Array) =>
  a.length === b.length ? a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) : Number.NaN;

describe('Positions have torch’s values', () => {
  const lines = tensors.filter((vector) => vector.function === 'build_linear_positions' && vector.index_dims.length === 1);
  it.each(lines)('linspace of $index_dims equals torch bit for bit', async ({ tensor, index_dims }) => {
    expect(linspace(-1, 1, index_dims[0]!)).toEqual(await expected(tensor));
  });

  const features = tensors.filter((vector) => vector.function === 'generate_fourier_features' && vector.concat_pos && !vector.sine_only);
  it.each(features)('$tensor is met within 1e-6, however high its frequencies', async (vector) => {
    const all = fourierFeatures(vector.index_dims, vector.num_bands, vector.max_resolution);
    const want = await expected(vector.tensor);
    const width = vector.index_dims.length * (1 + 2 * vector.num_bands);
    const rows = all.length / width;
    const kept = Array.from({ length: Math.ceil(rows / vector.row_stride) }, (_, i) => i * vector.row_stride);
    const thinned = Float32Array.from(kept.flatMap((row) => [...all.subarray(row * width, (row + 1) * width)]));
    expect(largestDifference(thinned, want)).toBeLessThanOrEqual(1e-6);
  });

  it('compares more than a handful', () => {
    expect(lines.length).toBeGreaterThanOrEqual(5);
    expect(features.length).toBeGreaterThanOrEqual(5);
  });
});
