/** Every head by its Hugging Face class. */
import type { Architecture } from '../architectures';
import { BARE } from './bare';
import { OPTICAL_FLOW } from './flow';
import type { Head } from './head';
import { IMAGE_CONV, IMAGE_FOURIER, IMAGE_LEARNED } from './image';
import { MULTIMODAL } from './multimodal';
import { MASKED_LM, SEQUENCE_CLASSIFICATION } from './text';

export const HEADS = {
  PerceiverModel: BARE,
  PerceiverForMaskedLM: MASKED_LM,
  PerceiverForSequenceClassification: SEQUENCE_CLASSIFICATION,
  PerceiverForImageClassificationLearned: IMAGE_LEARNED,
  PerceiverForImageClassificationFourier: IMAGE_FOURIER,
  PerceiverForImageClassificationConvProcessing: IMAGE_CONV,
  PerceiverForOpticalFlow: OPTICAL_FLOW,
  PerceiverForMultimodalAutoencoding: MULTIMODAL,
} as const satisfies Record<Architecture, Head>;

export type { DecoderShape, Head } from './head';
