import { describe, expect, it } from 'vitest';
import { LabError } from '../lab-error';
import { decoderShape, encoderWidths, parseConfig, selfWidths } from './config';

const text = (values: object) => JSON.stringify({ model_type: 'perceiver', architectures: ['PerceiverForMaskedLM'], ...values });

function errorOf(json: string): LabError {
  try {
    parseConfig(json);
  } catch (thrown) {
    if (thrown instanceof LabError) return thrown;
  }
  throw new Error('it was accepted');
}

describe('A config.json of Perceiver', () => {
  it('has PerceiverConfig’s defaults', () => {
    expect(parseConfig(text({}))).toMatchObject({
      num_latents: 256,
      d_latents: 1280,
      d_model: 768,
      num_blocks: 1,
      num_self_attends_per_block: 26,
      num_self_attention_heads: 8,
      num_cross_attention_heads: 8,
      hidden_act: 'gelu',
      vocab_size: 262,
      max_position_embeddings: 2048,
      image_size: 56,
      use_query_residual: true,
    });
  });

  it('takes widths from the input or the latents where none are given', () => {
    expect(encoderWidths(parseConfig(text({})))).toEqual({ qk: 768, v: 768 });
    expect(encoderWidths(parseConfig(text({ cross_attention_shape_for_attention: 'q' })))).toEqual({ qk: 1280, v: 1280 });
    expect(selfWidths(parseConfig(text({ qk_channels: 256, v_channels: 1280 })))).toEqual({ qk: 256, v: 1280 });
    expect(decoderShape(parseConfig(text({})))).toEqual({ channels: 768, qk: 256, v: 768, heads: 8, residual: false });
  });

  it('orders labels by their number and has two without any', () => {
    const config = (id2label: object | null) =>
      parseConfig(text({ architectures: ['PerceiverForImageClassificationFourier'], num_cross_attention_heads: 1, id2label }));
    expect(config({ 10: 'k', 2: 'c', 0: 'a' }).labels).toEqual(['a', 'c', 'k']);
    expect(config(null).labels).toEqual(['LABEL_0', 'LABEL_1']);
  });

  it('is refused in a sentence when it is of another model, broken, or of a head this version does not run', () => {
    expect(errorOf('{')).toMatchObject({ code: 'config-invalid', message: 'config.json is not JSON.' });
    expect(errorOf('null').code).toBe('config-invalid');
    expect(errorOf('{"model_type": "bert"}').message).toContain('“bert”');
    expect(errorOf(text({ num_latents: 0 })).message).toContain('num_latents');
    expect(errorOf(text({ hidden_act: 'swish' })).message).toContain('hidden_act');
    expect(errorOf(text({ architectures: ['PerceiverForOpticalFlow'] })).code).toBe('model-unsupported');
  });

  it('is refused where the widths do not fit each other, and says which', () => {
    expect(errorOf(text({ v_channels: 640 })).message).toContain('“v_channels” is 640 but “d_latents” is 1280');
    expect(errorOf(text({ num_self_attention_heads: 7 })).message).toContain('7 heads');
    expect(errorOf(text({ num_cross_attention_heads: 7 })).message).toContain('heads of the encoder');
  });
});
