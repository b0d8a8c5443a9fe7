import { describe, expect, it } from 'vitest';
import { LabError } from '../lab-error';
import { decoderShape, encoderWidths, parseConfig, selfWidths } from './widths';

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
    expect(decoderShape(parseConfig(text({})))).toMatchObject({ channels: 768, qk: 256, v: 768, heads: 8, residual: false });
  });

  it('orders labels by their number and has two without any', () => {
    const config = (id2label: object | null) =>
      parseConfig(text({ architectures: ['PerceiverForImageClassificationFourier'], num_cross_attention_heads: 1, id2label }));
    const names = [...'abcdefghijk'];
    expect(config(Object.fromEntries(names.map((name, index) => [index, name]).reverse())).labels).toEqual(names);
    expect(config(null).labels).toEqual(['LABEL_0', 'LABEL_1']);
  });

  it('is refused in a sentence when it is of another model, broken, or of a head this version does not run', () => {
    expect(errorOf('{')).toMatchObject({ code: 'config-invalid', message: 'config.json is not JSON.' });
    expect(errorOf('null').code).toBe('config-invalid');
    expect(errorOf('{"model_type": "bert"}').message).toContain('“bert”');
    expect(errorOf(text({ num_latents: 0 })).message).toContain('num_latents');
    expect(errorOf(text({ hidden_act: 'swish' }))).toMatchObject({
      code: 'model-unsupported',
      message: 'config.json: “hidden_act” is “swish”, which this version does not compute.',
    });
    expect(errorOf(text({ architectures: ['PerceiverForSomethingElse'] })).code).toBe('model-unsupported');
  });

  it('is refused where the widths do not fit each other, and says which', () => {
    expect(errorOf(text({ v_channels: 640 })).message).toContain('“v_channels” is 640 but “d_latents” is 1280');
    expect(errorOf(text({ num_self_attention_heads: 7 })).message).toContain('7 heads');
    expect(errorOf(text({ num_cross_attention_heads: 7 })).message).toContain('heads of the encoder');
  });

  it.each([
    [{ architectures: undefined }, 'config.json: “architectures” is missing, so it does not say which head the model has.'],
    [{ architectures: [] }, 'config.json: “architectures” should name one class and is [].'],
    [{ architectures: 'x' }, 'config.json: “architectures” should be a list of names and is “x”.'],
    [{ num_latents: 0 }, 'config.json: “num_latents” should be a whole number from 1 to 1,000,000 and is 0.'],
    [{ num_latents: '256' }, 'config.json: “num_latents” should be a whole number from 1 to 1,000,000 and is “256”.'],
    [{ d_latents: 1.5 }, 'config.json: “d_latents” should be a whole number from 1 to 65,536 and is 1.5.'],
    [{ qk_channels: [] }, 'config.json: “qk_channels” should be a whole number from 1 to 65,536 and is [].'],
    [{ use_query_residual: 1 }, 'config.json: “use_query_residual” should be true or false and is 1.'],
    [{ cross_attention_shape_for_attention: 'v' }, 'config.json: “cross_attention_shape_for_attention” should be “kv” or “q” and is “v”.'],
    [{ id2label: { 0: 7 } }, 'config.json: “id2label.0” should be a name and is 7.'],
    [{ hidden_act: {} }, 'config.json: “hidden_act” should be the name of an activation and is {}.'],
  ])('is refused with a sentence of ours: %j', (values, sentence) => {
    expect(errorOf(text(values))).toMatchObject({ code: 'config-invalid', message: sentence });
  });

  it.each([
    [{ num_self_attends_per_block: 1e9 }, '“num_self_attends_per_block” should be a whole number from 1 to 1,024 and is 1000000000'],
    [{ num_blocks: 1e9 }, '“num_blocks” should be a whole number from 1 to 1,024 and is 1000000000'],
    [{ image_size: 1e9 }, '“image_size” should be a whole number from 1 to 8,192 and is 1000000000'],
    [{ num_blocks: 1000 }, '1000 blocks of 26 layers over 256 latents of 1280 channels would keep 34.1 GB a run; at most 4 GB are kept'],
  ])('is refused where it asks for more than any Perceiver: %j', (values, sentence) => {
    expect(errorOf(text(values))).toMatchObject({ code: 'config-invalid', message: expect.stringContaining(sentence) });
  });

  it.each([[{ cat: '0' }], [{ '00': 'a' }], [{ 0: 'a', 2: 'c' }], [{ 1: 'b' }], [{ 0: 'a', '-1': 'b' }]])(
    'is refused where its classes are not numbered from 0: %j',
    (id2label) => {
      expect(errorOf(text({ id2label }))).toMatchObject({ code: 'config-invalid', message: expect.stringContaining('“id2label” names') });
    },
  );

  it('is refused where the eight heads of the text decoder do not split its channels', () => {
    const error = errorOf(text({ d_model: 36, num_cross_attention_heads: 4 }));
    expect(error).toMatchObject({
      code: 'config-invalid',
      message: 'config.json: 256 and 36 channels do not split into 8 heads of the decoder.',
    });
  });
});
