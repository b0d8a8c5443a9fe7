/** A picture model of any number of latents with seeded random weights: for measuring the window, never for looking at results. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeSafetensors } from '../models/checkpoint/safetensors';
import { expectedParameters } from '../models/perceiver/parameters';
import { parseConfig } from '../models/perceiver/widths';
import { elementCount } from '../models/tensor';

/** Writes `folder` in the layout of a built-in model. */
export async function writeRandomModel(folder: string, latents: number): Promise<void> {
  const config = {
    model_type: 'perceiver',
    architectures: ['PerceiverForImageClassificationFourier'],
    num_latents: latents,
    d_latents: 64,
    num_blocks: 1,
    num_self_attends_per_block: 2,
    num_self_attention_heads: 4,
    num_cross_attention_heads: 1,
    qk_channels: 64,
    v_channels: 64,
    id2label: { 0: 'one', 1: 'two' },
  };
  const text = JSON.stringify(config);
  let seed = 1;
  const next = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 31 - 1;
  };
  const tensors = [...expectedParameters(parseConfig(text))].map(([name, shape]) => {
    const scale = 1 / Math.sqrt(shape.at(-1) ?? 1);
    return [name, { shape, data: Float32Array.from({ length: elementCount(shape) }, () => 2 * next() * scale) }] as const;
  });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'config.json'), text);
  await writeFile(join(folder, 'preprocessor_config.json'), JSON.stringify({ size: 32, crop_size: 36 }));
  await writeFile(join(folder, 'model.safetensors'), writeSafetensors(tensors));
  const card = {
    title: `${latents} random latents`,
    summary: 'Random weights, for measuring only',
    license: 'CC0-1.0',
    task: 'image-classification',
  };
  await writeFile(join(folder, 'card.json'), JSON.stringify(card));
}
