/** From a run's input to what the encoder graph reads, and from logits to an answer: one adapter a modality. */
import { readFloats } from '../checkpoint/tensor-entry';
import { LabError } from '../lab-error';
import { MAX_PIXELS, preprocessImage, readClasses } from '../modality/image';
import { preprocessText, readBytes } from '../modality/text';
import type { Architecture } from '../perceiver/architectures';
import {
  CONVOLVED_RESOLUTION,
  FOURIER_CHANNELS,
  IMAGE_BANDS,
  LEARNED_CHANNELS,
  LEARNED_POSITIONS,
  PIXEL_RESOLUTION,
} from '../perceiver/heads/image';
import { interpolateTable } from '../perceiver/interpolate';
import { fourierFeatures } from '../perceiver/positions';
import type { Tensor } from '../tensor';
import { gridOf, type ModelSource, type ReadModel } from './model-source';
import { type OutputQueries, trainedQueries } from './output-queries';
import type { Feeds } from './sessions';
import type { InputLayout, ModelInfo, RunInput, RunOptions, RunOutput, ShownInput } from './types';

/** float32's most negative number, as transformers adds it to the score of a masked position. */
export const MASKED = -3.4028234663852886e38;

export interface Prepared {
  readonly inputs: Feeds;
  readonly rows: number;
  readonly layout: InputLayout;
  readonly shown: ShownInput;
  readonly queries: OutputQueries;
}

export interface Adapter {
  prepare(input: RunInput): Promise<Prepared>;
  answer(input: RunInput, logits: Tensor, options: RunOptions): RunOutput;
}

export function zeros(count: number): Tensor {
  return { data: new Float32Array(count), shape: [count] };
}

/** [T] ids and their places, with nothing masked. */
export function textInputs(ids: ArrayLike<number>, mask = zeros(ids.length)): Feeds {
  const { length } = ids;
  return {
    ids: { data: Int32Array.from(ids), shape: [length] },
    places: { data: Int32Array.from({ length }, (_, index) => index), shape: [length] },
    mask,
  };
}

/** [3, H, W] → pixels [H × W, 3], or `image` [1, 3, H, W] where the model convolves it, with the model's positions for the rows. */
export async function imageInputs(
  { config }: Pick<ReadModel, 'config'>,
  positions: PositionTable,
  values: Tensor,
  mask?: Tensor,
): Promise<Feeds> {
  const [, height, width] = values.shape as [number, number, number];
  const grid = gridOf(config, { height, width });
  if (grid.height * grid.width === 0)
    throw new LabError(
      'input-invalid',
      `A picture of ${height} × ${width} pixels is too small for this model.`,
      'Use one of 5 × 5 or more.',
    );
  const table = await positions(grid.height, grid.width);
  const rest = { positions: table, mask: mask ?? zeros(grid.height * grid.width) };
  if (config.architecture === 'PerceiverForImageClassificationConvProcessing')
    return { image: { data: values.data, shape: [1, 3, height, width] }, ...rest };
  const count = values.data.length / 3;
  const pixels = new Float32Array(values.data.length);
  for (let i = 0; i < count; i += 1) {
    for (let channel = 0; channel < 3; channel += 1) pixels[i * 3 + channel] = values.data[channel * count + i]!;
  }
  return { pixels: { data: pixels, shape: [count, 3] }, ...rest };
}

/** Position features of a grid, the same object for the same grid. */
export type PositionTable = (height: number, width: number, interpolate?: boolean) => Promise<Tensor>;

/** Fourier features, or the learned table (which has a place for each pixel of image_size, unless it is resized), as `project` leaves it. */
export function positionTable(model: ReadModel, source: ModelSource, project: (table: Tensor) => Promise<Tensor>): PositionTable {
  const made = new Map<string, Promise<Tensor>>();
  const make = async (height: number, width: number, interpolate: boolean): Promise<Tensor> => {
    if (height * width > MAX_PIXELS) {
      throw new LabError(
        'input-invalid',
        `The picture has ${height} × ${width} pixels; a model reads at most ${MAX_PIXELS.toLocaleString('en')}.`,
        'Scale the picture down.',
      );
    }
    const resolution = fourierResolution(model.config.architecture, [height, width]);
    if (resolution) return { data: fourierFeatures([height, width], IMAGE_BANDS, resolution), shape: [height * width, FOURIER_CHANNELS] };
    const side = model.config.image_size;
    const data = await readFloats(source.weights, model.header.tensors.get(LEARNED_POSITIONS)!);
    if (interpolate)
      return project({ data: interpolateTable(data, side, LEARNED_CHANNELS, height, width), shape: [height * width, LEARNED_CHANNELS] });
    if (height * width !== side * side) {
      throw new LabError(
        'input-invalid',
        `The picture has ${height} × ${width} pixels; this model has learned positions for ${side} × ${side}.`,
        'Resize the picture, or let the positions be interpolated.',
      );
    }
    return project({ data, shape: [side * side, LEARNED_CHANNELS] });
  };
  return (height, width, interpolate = false) => {
    const key = `${height}x${width}/${interpolate}`;
    let table = made.get(key);
    if (!table) {
      // Grids seldom change where pictures are resized: a handful is kept. Of large ones (67 MB) only the last.
      if (made.size > 3 || height * width > 256 * 256) made.clear();
      table = make(height, width, interpolate);
      table.catch(() => made.delete(key));
      made.set(key, table);
    }
    return table;
  };
}

/** The highest frequencies a head's grid of Fourier positions has; null where its positions are learned. */
function fourierResolution(architecture: Architecture, grid: readonly number[]): readonly number[] | null {
  switch (architecture) {
    case 'PerceiverForImageClassificationFourier':
      return [PIXEL_RESOLUTION, PIXEL_RESOLUTION];
    case 'PerceiverForImageClassificationConvProcessing':
      return [CONVOLVED_RESOLUTION, CONVOLVED_RESOLUTION];
    case 'PerceiverForOpticalFlow':
      return grid;
    default:
      return null;
  }
}

/** The adapter of a head; for pictures the positions of the model's own size are made now. */
export async function createAdapter(model: ReadModel, info: ModelInfo, positions: PositionTable): Promise<Adapter> {
  const { config, imageSettings } = model;
  if (!imageSettings) {
    return {
      async prepare(input) {
        if (input.modality !== 'text') throw wrongModality(input.modality, 'text');
        if (input.bytes.length === 0) throw new LabError('input-invalid', 'There is no text to read.', 'Type or drop some.');
        const { ids, shown } = preprocessText(input.bytes, input.masks, config.max_position_embeddings, config.vocab_size);
        // The query of byte i is i + 1: only what was typed is decoded. A classifier has one query.
        const queries = trainedQueries(info.task === 'masked-lm' ? Array.from(input.bytes, (_, index) => index + 1) : [0]);
        return { inputs: textInputs(ids), rows: ids.length, layout: { kind: 'sequence', length: ids.length }, shown, queries };
      },
      answer(input, logits, options) {
        if (input.modality !== 'text') throw wrongModality(input.modality, 'text');
        if (info.task !== 'masked-lm') return readClasses(logits.data, info.labels);
        return readBytes(logits.data, config.vocab_size, input.bytes, input.masks, options.topK);
      },
    };
  }
  // Where pictures are resized, all have this grid; a learned table that has no place for it is said now.
  if (imageSettings.resize && info.layout.kind === 'grid') await positions(info.layout.height, info.layout.width);
  return {
    async prepare(input) {
      if (input.modality !== 'image') throw wrongModality(input.modality, 'image');
      const { pixelValues, shown } = preprocessImage(input.image, imageSettings);
      const [, height, width] = pixelValues.shape as [number, number, number];
      const inputs = await imageInputs(model, positions, pixelValues);
      const layout = gridOf(config, { height, width });
      return { inputs, rows: layout.height * layout.width, layout, shown, queries: trainedQueries([0]) };
    },
    answer: (_, logits) => readClasses(logits.data, info.labels),
  };
}

function wrongModality(given: string, wanted: string): LabError {
  return new LabError('input-invalid', `This model reads ${wanted}, not ${given}.`, 'Choose a model for this kind of input.');
}
