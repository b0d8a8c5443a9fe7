/**
 * A modality as data: how a kind of input becomes rows and how logits become an answer, with its options and their bounds.
 * What asks for a modality by name finds everything here and need not know which there are.
 */
import type { ModalityName, RunInput, RunOptions, RunOutput } from '../runtime/types';
import type { Tensor } from '../tensor';
import { type ImageSettings, type PreparedImage, preprocessImage, readClasses } from './image';
import { type PreparedText, preprocessText, readBytes } from './text';

export interface NumberOption {
  readonly kind: 'number';
  readonly lowest: number;
  readonly highest: number;
  readonly initial: number;
}

export interface ChoiceOption {
  readonly kind: 'choice';
  readonly values: readonly string[];
  readonly initial: string;
}

/** Spans of bytes, none unless told. */
export interface SpansOption {
  readonly kind: 'spans';
}

export type OptionBounds = NumberOption | ChoiceOption | SpansOption;

type InputOf<Name extends ModalityName> = Extract<RunInput, { modality: Name }>;

export interface Modality<Name extends ModalityName, Settings, Prepared> {
  readonly name: Name;
  /** By name; what is not here, this kind of input does not have. */
  readonly options: Readonly<Record<string, OptionBounds>>;
  /** Ids in assets/samples/samples.json, the first one shown first. */
  readonly samples: readonly string[];
  /** Throws `input-invalid` and `input-too-long`. */
  preprocess(input: InputOf<Name>, settings: Settings): Prepared;
  /** Logits [classes], or [bytes, vocabulary] with row i for byte i. */
  postprocess(logits: Tensor, input: InputOf<Name>, settings: Settings, options: RunOptions): RunOutput;
}

export interface ImageModelSettings {
  readonly image: ImageSettings;
  /** Class names by index. */
  readonly labels: readonly string[];
}

export interface TextModelSettings {
  readonly maxPositions: number;
  readonly vocabulary: number;
}

export const TOP_K: NumberOption = { kind: 'number', lowest: 1, highest: 256, initial: 5 };

const image: Modality<'image', ImageModelSettings, PreparedImage> = {
  name: 'image',
  options: { topK: TOP_K },
  samples: ['airplane', 'taxi', 'cat', 'dog', 'horse', 'rocket', 'coffee', 'astronaut', 'hubble', 'flower'],
  preprocess: (input, settings) => preprocessImage(input.image, settings.image),
  postprocess: (logits, _input, { labels }) => readClasses(logits.data, labels),
};

const text: Modality<'text', TextModelSettings, PreparedText> = {
  name: 'text',
  options: {
    topK: TOP_K,
    masks: { kind: 'spans' },
    lines: { kind: 'choice', values: ['whole', 'each'], initial: 'whole' },
    long: { kind: 'choice', values: ['first', 'slide'], initial: 'first' },
  },
  samples: ['river', 'letters', 'time-machine', 'scripts'],
  preprocess: (input, { maxPositions, vocabulary }) => preprocessText(input.bytes, input.masks, maxPositions, vocabulary),
  postprocess: (logits, input, { vocabulary }, { topK }) => readBytes(logits.data, vocabulary, input.bytes, input.masks, topK),
};

export const MODALITIES = { image, text } as const satisfies Record<ModalityName, unknown>;
