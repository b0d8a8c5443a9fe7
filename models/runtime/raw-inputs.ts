/** Forward arguments of one batch row, by Hugging Face's names, as what a head's graphs read: its input rows and its output queries. */
import { allFinite } from '../checkpoint/non-finite';
import { LabError } from '../lab-error';
import type { PerceiverConfig } from '../perceiver/config';
import { FLOW_PATCH } from '../perceiver/heads/flow';
import { AUDIO_BANDS, AUDIO_POSITION, samples, VIDEO_BANDS, VIDEO_PATCH, VIDEO_POSITION } from '../perceiver/heads/multimodal';
import { fourierFeatures, pointFeatures } from '../perceiver/positions';
import { elementCount, type Tensor } from '../tensor';
import { imageInputs, MASKED, textInputs, zeros } from './adapters';
import type { OpenModel } from './open-model';
import { type OutputQueries, type QueryPart, rowsOf, trainedQueries } from './output-queries';
import type { Feeds } from './sessions';

export type NamedTensors = ReadonlyMap<string, Tensor>;

export interface RawRow {
  readonly inputs: Feeds;
  readonly queries: OutputQueries;
}

/** Throws `input-invalid` and `input-too-long` where tensors are missing or of other shapes than the head takes. */
export async function rawRow(open: OpenModel, given: NamedTensors, mask: Float32Array | null): Promise<RawRow> {
  const { config, shape } = open.model;
  switch (config.architecture) {
    case 'PerceiverForMaskedLM':
      return {
        inputs: text(config, given, mask),
        queries: trainedQueries(Array.from({ length: config.max_position_embeddings }, (_, i) => i)),
      };
    case 'PerceiverForSequenceClassification':
      return { inputs: text(config, given, mask), queries: trainedQueries([0]) };
    case 'PerceiverModel':
      return { inputs: bare(config, given, mask), queries: [] };
    case 'PerceiverForOpticalFlow':
      return flow(open, given, mask);
    case 'PerceiverForMultimodalAutoencoding':
      return multimodal(config, given, mask, shape.labels.length);
    default:
      return { inputs: await picture(open, given, mask), queries: trainedQueries([0]) };
  }
}

function text(config: PerceiverConfig, given: NamedTensors, mask: Float32Array | null): Feeds {
  const values = required(given, 'inputs');
  if (values.shape.length !== 1) throw invalid(`“inputs” should be ids [B, T], and has ${values.shape.length + 1} axes.`);
  const ids = values.data;
  if (ids.length === 0 || ids.length > config.max_position_embeddings) {
    throw new LabError(
      'input-too-long',
      `“inputs” has ${ids.length} positions; this model takes 1 to ${config.max_position_embeddings}.`,
      'Shorten the input.',
    );
  }
  const wrong = ids.findIndex((id) => !Number.isInteger(id) || id < 0 || id >= config.vocab_size);
  if (wrong >= 0) throw invalid(`“inputs” holds the id ${ids[wrong]} at ${wrong}; this model knows 0 to ${config.vocab_size - 1}.`);
  return textInputs(ids, additive(mask, ids.length));
}

function bare(config: PerceiverConfig, given: NamedTensors, mask: Float32Array | null): Feeds {
  const inputs = finite(given, 'inputs', [null, config.d_model]);
  return { inputs, mask: additive(mask, inputs.shape[0]!) };
}

async function picture(open: OpenModel, given: NamedTensors, mask: Float32Array | null): Promise<Feeds> {
  const values = finite(given, 'inputs', [3, null, null]);
  const interpolate = (given.get('interpolate_pos_encoding')?.data[0] ?? 0) !== 0;
  const inputs = await imageInputs(open.model, (height, width) => open.positions(height, width, interpolate), values);
  return { ...inputs, mask: additive(mask, inputs.mask!.shape[0]!) };
}

/** `inputs` [2, 27, H, W]: patches of 3 × 3 pixels of two frames. Every pixel is a row, and every row is asked. */
async function flow(open: OpenModel, given: NamedTensors, mask: Float32Array | null): Promise<RawRow> {
  const [height, width] = open.model.config.train_size;
  const values = finite(given, 'inputs', [2, FLOW_PATCH / 2, height, width]);
  const count = height * width;
  const patches = new Float32Array(count * FLOW_PATCH);
  for (let channel = 0; channel < FLOW_PATCH; channel += 1)
    for (let row = 0; row < count; row += 1) patches[row * FLOW_PATCH + channel] = values.data[channel * count + row]!;
  const rows = { patches: { data: patches, shape: [count, FLOW_PATCH] }, positions: await open.positions(height, width) };
  const feeds = (chosen: readonly number[]): Feeds => ({
    patches: rowsOf(rows.patches, chosen),
    positions: rowsOf(rows.positions, chosen),
  });
  return { inputs: { ...rows, mask: additive(mask, count) }, queries: [{ name: '', count, feeds }] };
}

/** `inputs.audio` [samples, 1] and `inputs.image` [frames, 3, H, W]; the label given has no say, but its shape is looked at. */
function multimodal(config: PerceiverConfig, given: NamedTensors, mask: Float32Array | null, labels: number): RawRow {
  const audio = audioPatches(finite(given, 'inputs.audio', [null, 1]), config.samples_per_patch);
  const image = videoPatches(finite(given, 'inputs.image', [null, 3, null, null]));
  if (given.has('inputs.label')) finite(given, 'inputs.label', [labels]);
  const count = audio.shape[0]! + elementCount(image.grid) + 1;
  const resolution = [config.num_frames, config.image_size, config.image_size];
  const inputs: Feeds = {
    audio,
    audio_positions: positionsOf(fourierFeatures([audio.shape[0]!], AUDIO_BANDS, [samples(config)]), AUDIO_POSITION),
    image: image.patches,
    image_positions: positionsOf(fourierFeatures(image.grid, VIDEO_BANDS, resolution), VIDEO_POSITION),
    mask: additive(mask, count),
  };
  const patches = Math.floor(samples(config) / config.samples_per_patch);
  const video = config.output_shape.slice(1);
  return {
    inputs,
    queries: [
      pointPart('audio', points(given, 'audio', patches), [patches], AUDIO_BANDS, [samples(config)], AUDIO_POSITION),
      pointPart('image', points(given, 'image', elementCount(video)), video, VIDEO_BANDS, resolution, VIDEO_POSITION),
      { name: 'label', count: 1, feeds: () => ({}) },
    ],
  };
}

/** [samples, 1] → [samples / size, size]. */
function audioPatches({ data }: Tensor, size: number): Tensor {
  if (data.length === 0 || data.length % size !== 0)
    throw invalid(`“inputs.audio” has ${data.length} samples; it should have a multiple of “samples_per_patch”, ${size}.`);
  return { data, shape: [data.length / size, size] };
}

/** Space to depth: [frames, 3, H, W] → [frames × H/4 × W/4, 48], the numbers of a patch by row, column and colour. */
function videoPatches({ data, shape }: Tensor): { readonly patches: Tensor; readonly grid: readonly number[] } {
  const [frames, colours, height, width] = shape as [number, number, number, number];
  const p = VIDEO_PATCH;
  if (height % p || width % p || elementCount(shape) === 0)
    throw invalid(`“inputs.image” has frames of ${height} × ${width} pixels; both sides should be multiples of ${p}.`);
  const grid = [frames, height / p, width / p];
  const out = new Float32Array(data.length);
  let at = 0;
  for (let frame = 0; frame < frames; frame += 1)
    for (let top = 0; top < height; top += p)
      for (let left = 0; left < width; left += p)
        for (let y = top; y < top + p; y += 1)
          for (let x = left; x < left + p; x += 1)
            for (let colour = 0; colour < colours; colour += 1) out[at++] = data[((frame * colours + colour) * height + y) * width + x]!;
  return { patches: { data: out, shape: [elementCount(grid), p * p * colours] }, grid };
}

function positionsOf(data: Float32Array, width: number): Tensor {
  return { data, shape: [data.length / width, width] };
}

/** Queries of chosen points of a grid; their positions are made for the piece that is asked. */
function pointPart(
  name: string,
  chosenPoints: ArrayLike<number>,
  grid: readonly number[],
  bands: number,
  resolution: readonly number[],
  width: number,
): QueryPart {
  const feeds = (chosen: readonly number[]): Feeds => {
    const indices = chosen.map((query) => chosenPoints[query]!);
    return { positions: positionsOf(pointFeatures(indices, grid, bands, resolution), width) };
  };
  return { name, count: chosenPoints.length, feeds };
}

/** `subsampled_output_points.<modality>`, or all points where none are named. */
function points(given: NamedTensors, modality: string, count: number): ArrayLike<number> {
  const name = `subsampled_output_points.${modality}`;
  const chosen = given.get(name);
  if (!chosen) return Uint32Array.from({ length: count }, (_, index) => index);
  const wrong = chosen.data.findIndex((point) => !Number.isInteger(point) || point < 0 || point >= count);
  if (wrong >= 0) throw invalid(`“${name}” names the point ${chosen.data[wrong]}; the points are 0 to ${count - 1}.`);
  return chosen.data;
}

/** [count], added to the scores: 0, or float32's most negative number where the mask is 0. */
function additive(mask: Float32Array | null, count: number): Tensor {
  if (!mask) return zeros(count);
  if (mask.length !== count) throw invalid(`“attention_mask” has ${mask.length} positions, the model reads ${count}.`);
  return { data: mask.map((keep) => (keep === 0 ? MASKED : 0)), shape: [count] };
}

/** A tensor of finite numbers; null in `shape` stands for any size above 0. */
function finite(given: NamedTensors, name: string, shape: readonly (number | null)[]): Tensor {
  const tensor = required(given, name);
  const fits = tensor.shape.length === shape.length && shape.every((size, axis) => size === null || size === tensor.shape[axis]);
  if (!fits)
    throw invalid(`“${name}” should be [B, ${shape.map((size) => size ?? '…').join(', ')}], and is [B, ${tensor.shape.join(', ')}].`);
  if (tensor.data.length === 0) throw invalid(`“${name}” is empty.`);
  if (!allFinite(tensor.data)) throw invalid(`“${name}” holds values that are NaN or infinite.`);
  return tensor;
}

function required(given: NamedTensors, name: string): Tensor {
  const tensor = given.get(name);
  if (!tensor) throw invalid(`There is no tensor “${name}” among the inputs.`);
  return tensor;
}

function invalid(what: string): LabError {
  return new LabError('input-invalid', what, 'See the names and shapes in docs/cli.md.');
}
