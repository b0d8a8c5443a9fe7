import { describe, expect, it } from 'vitest';
import { bytesSource } from './byte-source';
import { readHaikuFile } from './haiku-file';
import { readFloats } from './tensor-entry';
import { type Arrays, type HaikuOptions, haikuValue } from './testing/write-checkpoint';
import { type Pickled, pickle } from './testing/write-pickle';

const FILE = 'language.pickle';

const count = (...shape: number[]) => ({ shape, data: Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i) });
const modules = (items: Record<string, Record<string, ReturnType<typeof count>>>): Arrays =>
  new Map(Object.entries(items).map(([name, parameters]) => [name, new Map(Object.entries(parameters))]));

async function read(value: Pickled, protocol = 4): Promise<Map<string, { shape: readonly number[]; data: number[] }>> {
  const source = bytesSource(pickle(value, protocol));
  const values = new Map<string, { shape: readonly number[]; data: number[] }>();
  for (const [name, entry] of await readHaikuFile(source, FILE)) {
    values.set(name, { shape: entry.shape, data: [...(await readFloats(source, entry))] });
  }
  return values;
}

describe('A pickle of Haiku’s', () => {
  const language = modules({
    embed: { embeddings: count(2, 3) },
    'perceiver_encoder/~/self_attention_12/attention/linear_1': { w: count(2, 3), b: count(3) },
  });
  it.each<[string, HaikuOptions]>([
    ['protocol 3', { protocol: 3 }],
    ['protocol 4', { protocol: 4 }],
    ['protocol 5', { protocol: 5 }],
    ['NumPy 2', { core: 'numpy._core' }],
    ['FlatMapping', { wrap: true }],
  ])('in the form of %s is read: kernels are turned, embeddings are not', async (_, options) => {
    expect(await read(haikuValue(language, options), options.protocol)).toEqual(
      new Map([
        ['perceiver.input_preprocessor.embeddings.weight', { shape: [2, 3], data: [0, 1, 2, 3, 4, 5] }],
        ['perceiver.encoder.self_attends.12.attention.self.key.weight', { shape: [3, 2], data: [0, 3, 1, 4, 2, 5] }],
        ['perceiver.encoder.self_attends.12.attention.self.key.bias', { shape: [3], data: [0, 1, 2] }],
      ]),
    );
  });

  it('may hold arrays in Fortran’s order', async () => {
    const values = await read(haikuValue(modules({ embed: { embeddings: count(2, 3) } }), { fortran: true }));
    expect(values.get('perceiver.input_preprocessor.embeddings.weight')!.data).toEqual([0, 2, 4, 1, 3, 5]);
  });

  it('of a picture model comes as parameters and state; convolutions are turned on all axes, norms lose theirs', async () => {
    const prefix = 'image_preprocessor/~/conv2_d_downsample/~';
    const params = haikuValue(
      modules({ [`${prefix}/conv`]: { w: count(1, 2, 3, 1) }, [`${prefix}/batchnorm`]: { scale: count(1, 1, 1, 2) } }),
    );
    const state = haikuValue(
      modules({ [`${prefix}/batchnorm/~/mean_ema`]: { average: count(1, 1, 1, 2), hidden: count(1, 1, 1, 2), counter: count() } }),
    );
    expect(
      await read(
        new Map([
          ['params', params],
          ['state', state],
        ]),
      ),
    ).toEqual(
      new Map([
        ['perceiver.input_preprocessor.convnet.conv.weight', { shape: [1, 3, 2, 1], data: [0, 3, 1, 4, 2, 5] }],
        ['perceiver.input_preprocessor.convnet.batchnorm.weight', { shape: [2], data: [0, 1] }],
        ['perceiver.input_preprocessor.convnet.batchnorm.running_mean', { shape: [2], data: [0, 1] }],
      ]),
    );
  });

  it.each([
    ['perceiver_encoder/~/trainable_position_encoding/pos_embs', 'perceiver.embeddings.latents'],
    ['encoder/~/cross_attention/layer_norm_1/scale', 'perceiver.encoder.cross_attention.attention.self.layernorm2.weight'],
    ['encoder/~/self_attention/layer_norm_1/offset', 'perceiver.encoder.self_attends.0.layernorm.bias'],
    ['classification_decoder/~/basic_decoder/output/w', 'perceiver.decoder.decoder.final_layer.weight'],
    ['flow_decoder/~/basic_decoder/cross_attention/mlp/linear_1/b', 'perceiver.decoder.decoder.decoding_cross_attention.mlp.dense2.bias'],
    ['basic_decoder/cross_attention/attention/linear_3/w', 'perceiver.decoder.decoding_cross_attention.attention.output.dense.weight'],
    ['embedding_decoder/bias', 'embedding_decoder.bias'],
    ['image_preprocessor/patches_linear/w', 'perceiver.input_preprocessor.conv_after_patches.weight'],
    ['something/else', 'something/else'],
  ])('calls %s what Hugging Face calls it', async (haiku, name) => {
    const end = haiku.lastIndexOf('/');
    expect([...(await read(haikuValue(modules({ [haiku.slice(0, end)]: { [haiku.slice(end + 1)]: count(1) } })))).keys()]).toEqual([name]);
  });

  it('of the autoencoder has the label’s positions where they belong', async () => {
    const position = { 'classification_decoder/~/basic_decoder/~/trainable_position_encoding': { pos_embs: count(1, 2) } };
    const names = async (items: Parameters<typeof modules>[0]) => [...(await read(haikuValue(modules(items)))).keys()];
    expect(await names(position)).toEqual(['perceiver.decoder.decoder.output_position_encodings.position_embeddings']);
    expect(await names({ ...position, 'multimodal_decoder/~decoder_query/audio_padding': { pos_embs: count(1, 2) } })).toContain(
      'perceiver.decoder.modalities.label.decoder.output_position_encodings.position_embeddings',
    );
  });

  it.each<[string, Pickled, string, RegExp]>([
    ['holds a list', { list: [] }, 'checkpoint-damaged', /holds something else/],
    [
      'holds a number for an array',
      new Map([['embed', new Map([['embeddings', 1]])]]),
      'checkpoint-damaged',
      /“embed\/embeddings” is no array/,
    ],
    ['is big-endian', haikuValue(modules({ embed: { embeddings: count(1) } }), { order: '>' }), 'format-unsupported', /byte order/],
    ['holds complex numbers', { call: 'numpy.dtype', args: ['c8'] }, 'format-unsupported', /type “c8”/],
    ['holds arrays as text', { call: '_codecs.encode', args: ['x', 'latin1'] }, 'format-unsupported', /protocol 4/],
    [
      'asks for JAX',
      { call: 'jax._src.array._reconstruct_array', args: [] },
      'checkpoint-unsafe',
      /“jax\._src\.array\._reconstruct_array”/,
    ],
    ['asks for a shell', { call: 'os.system', args: ['true'] }, 'checkpoint-unsafe', /“os\.system”/],
  ])('that %s is refused by name', async (_, value, code, sentence) => {
    await expect(read(value)).rejects.toMatchObject({ code, message: expect.stringMatching(sentence) });
    await expect(read(value)).rejects.toThrow(FILE);
  });
});
