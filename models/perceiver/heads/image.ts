/** PerceiverImagePreprocessor in its three forms for classifiers: pixels with learned or with Fourier positions, and a convolution. */
import type { GraphBuilder, Value } from '../graph-builder';
import { linear } from '../layers';
import { CLASSIFICATION, classificationParameters } from './classification';
import { type Head, linearParameters } from './head';

const BASE = 'perceiver.input_preprocessor';
/** The learned table [image_size², 256], and the layer that makes of it what is read. */
export const LEARNED_POSITIONS = `${BASE}.position_embeddings.position_embeddings`;
export const LEARNED_PROJECTION = `${BASE}.positions_projection`;
/** The 1 × 1 convolution and the projected positions, 256 channels each. */
export const LEARNED_CHANNELS = 256;

/** Fourier positions are hard-wired in transformers: 64 bands at this resolution, whatever the picture's size. */
export const IMAGE_BANDS = 64;
export const PIXEL_RESOLUTION = 224;
export const CONVOLVED_RESOLUTION = 56;
/** The position itself, sines and cosines: 2 + 2 × 2 × 64. */
export const FOURIER_CHANNELS = 2 + 4 * IMAGE_BANDS;

const CONVOLVED_CHANNELS = 64;

/** `pixels` [M, 3] and `positions` [M, 256]. */
export const IMAGE_LEARNED: Head = {
  ...CLASSIFICATION,
  channels: () => 2 * LEARNED_CHANNELS,
  rows: (config) => config.image_size ** 2,
  parameters: (config, declare) => {
    declare(`${BASE}.convnet_1x1.weight`, [LEARNED_CHANNELS, 3, 1, 1]);
    declare(`${BASE}.convnet_1x1.bias`, [LEARNED_CHANNELS]);
    declare(LEARNED_POSITIONS, [config.image_size ** 2, LEARNED_CHANNELS]);
    linearParameters(declare, LEARNED_PROJECTION, LEARNED_CHANNELS, LEARNED_CHANNELS);
    classificationParameters(config, declare);
  },
  inputRows: (graph) => {
    const kernel = graph.node('Reshape', [graph.weight(`${BASE}.convnet_1x1.weight`), graph.integers([LEARNED_CHANNELS, 3])]);
    const features = graph.node('Gemm', [graph.input('pixels', ['M', 3]), kernel, graph.weight(`${BASE}.convnet_1x1.bias`)], { transB: 1 });
    return graph.node('Concat', [features, graph.input('positions', ['M', LEARNED_CHANNELS])], { axis: -1 });
  },
};

/** `pixels` [M, 3] and `positions` [M, 258]. */
export const IMAGE_FOURIER: Head = {
  ...CLASSIFICATION,
  channels: () => 3 + FOURIER_CHANNELS,
  rows: (config) => config.image_size ** 2,
  parameters: classificationParameters,
  inputRows: (graph) =>
    graph.node('Concat', [graph.input('pixels', ['M', 3]), graph.input('positions', ['M', FOURIER_CHANNELS])], { axis: -1 }),
};

/**
 * Conv2DDownsample: `image` [1, 3, H, W] through a 7 × 7 convolution of stride 2 padded by 3, batch norm with running
 * statistics, ReLU and a 3 × 3 maximum of stride 2 without padding; `positions` [M, 258] of what is left of the grid.
 */
export const IMAGE_CONV: Head = {
  ...CLASSIFICATION,
  channels: () => CONVOLVED_CHANNELS + FOURIER_CHANNELS,
  rows: () => 55 * 55,
  parameters: (config, declare) => {
    declare(`${BASE}.convnet.conv.weight`, [CONVOLVED_CHANNELS, 3, 7, 7]);
    for (const name of ['weight', 'bias', 'running_mean', 'running_var'])
      declare(`${BASE}.convnet.batchnorm.${name}`, [CONVOLVED_CHANNELS]);
    classificationParameters(config, declare);
  },
  inputRows: (graph) => {
    const image = graph.input('image', [1, 3, 'H', 'W']);
    const convolved = graph.node('Conv', [image, graph.weight(`${BASE}.convnet.conv.weight`)], {
      kernel_shape: [7, 7],
      pads: [3, 3, 3, 3],
      strides: [2, 2],
    });
    const statistics = ['weight', 'bias', 'running_mean', 'running_var'].map((name) => graph.weight(`${BASE}.convnet.batchnorm.${name}`));
    const normed = graph.node('Relu', [graph.node('BatchNormalization', [convolved, ...statistics], { epsilon: 1e-5 })]);
    const pooled = graph.node('MaxPool', [normed], { kernel_shape: [3, 3], strides: [2, 2] });
    const flat = graph.node('Reshape', [pooled, graph.integers([CONVOLVED_CHANNELS, -1])]);
    const features = graph.node('Transpose', [flat], { perm: [1, 0] });
    return graph.node('Concat', [features, graph.input('positions', ['M', FOURIER_CHANNELS])], { axis: -1 });
  },
};

/** Rows and columns that the convolution and the maximum leave of a picture's; 0 where nothing is left. */
export function convolvedSide(side: number): number {
  return Math.max(0, Math.floor((Math.floor((side - 1) / 2) + 1 - 3) / 2) + 1);
}

/** Learned positions, `table` [M, 256], as they are read: [M, 256]. */
export function projectPositions(graph: GraphBuilder): Value {
  return linear(graph, graph.input('table', ['M', LEARNED_CHANNELS]), LEARNED_PROJECTION);
}
