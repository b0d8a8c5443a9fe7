import { describe, expect, it } from 'vitest';
import type { Safetensors } from '../checkpoint/safetensors';
import type { TensorEntry } from '../checkpoint/tensor-entry';
import { LabError } from '../lab-error';
import { checkLayerCount, checkParameters, coreNames, expectedParameters } from './parameters';
import { parseConfig } from './widths';

const config = parseConfig(
  JSON.stringify({
    model_type: 'perceiver',
    architectures: ['PerceiverForMaskedLM'],
    num_latents: 4,
    d_latents: 8,
    d_model: 16,
    num_self_attends_per_block: 2,
    num_self_attention_heads: 2,
    num_cross_attention_heads: 2,
  }),
);
const expected = expectedParameters(config);
const LATENTS = coreNames(config).latents;

function found(change: (tensors: Map<string, TensorEntry>) => void): Safetensors {
  const tensors = new Map<string, TensorEntry>();
  for (const [name, shape] of expected) tensors.set(name, { name, shape, dtype: 'F32', file: 'model.safetensors', offset: 0, length: 0 });
  change(tensors);
  return { file: 'model.safetensors', tensors };
}

function errorOf(file: Safetensors): LabError {
  try {
    checkParameters(file, expected);
  } catch (thrown) {
    if (thrown instanceof LabError) return thrown;
  }
  throw new Error('it was accepted');
}

describe('The weights of a checkpoint', () => {
  it('are accepted when every tensor is there', () => {
    expect(() =>
      checkParameters(
        found(() => undefined),
        expected,
      ),
    ).not.toThrow();
  });

  it('are refused with every missing, extra and mis-shaped tensor by name, file and shapes', () => {
    const error = errorOf(
      found((tensors) => {
        tensors.delete(LATENTS);
        tensors.set('more', { name: 'more', shape: [3], dtype: 'F32', file: 'model.safetensors', offset: 0, length: 12 });
        const key = 'perceiver.encoder.cross_attention.attention.self.key.weight';
        tensors.set(key, { ...tensors.get(key)!, shape: [16, 15] });
      }),
    );
    expect(error.code).toBe('checkpoint-mismatch');
    expect(error.message).toContain('model.safetensors');
    expect(error.message).toContain(`“${LATENTS}” [4, 8] is missing`);
    expect(error.message).toContain('self.key.weight” should be [16, 16] and is [16, 15]');
    expect(error.message).toContain('“more” [3] belongs to no part of this model');
  });

  it('may hold more than the model, which is named, and the counts of batch norm, which are not', () => {
    const more = (name: string) => ({ name, shape: [3], dtype: 'F32', file: 'model.safetensors', offset: 0, length: 12 }) as const;
    const names = ['more', '__proto__', 'convnet.batchnorm.num_batches_tracked'];
    const file = found((tensors) => names.forEach((name) => void tensors.set(name, more(name))));
    expect(checkParameters(file, expected)).toEqual(['more', '__proto__']);
  });

  it('are refused before the layers of a config are written out that the file cannot hold', () => {
    const file = found(() => undefined);
    expect(() => checkLayerCount(file, config)).not.toThrow();
    expect(() => checkLayerCount(file, { ...config, num_self_attends_per_block: 900 })).toThrow(
      /asks for 900 layers, and the file has \d+ tensors in all/,
    );
  });

  it('are refused where a weight holds integers', () => {
    const error = errorOf(found((tensors) => tensors.set(LATENTS, { ...tensors.get(LATENTS)!, dtype: 'I32' })));
    expect(error.message).toContain(`“${LATENTS}” should hold floating-point numbers and holds I32`);
  });

  it('are described in a sentence of bearable length however much is wrong', () => {
    const error = errorOf({ file: 'model.safetensors', tensors: new Map() });
    expect(error.message).toContain(`and ${expected.size - 20} more`);
    expect(error.detail?.split('\n')).toHaveLength(expected.size);
  });
});
