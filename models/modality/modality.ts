/** What can be chosen about a run of each kind of input, with its bounds, as data: what is not here, that kind does not have. */
import type { ModalityName } from '../runtime/types';

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

export const TOP_K: NumberOption = { kind: 'number', lowest: 1, highest: 256, initial: 5 };

export const MODALITIES = {
  image: { options: { topK: TOP_K } },
  text: {
    options: {
      topK: TOP_K,
      masks: { kind: 'spans' },
      lines: { kind: 'choice', values: ['whole', 'each'], initial: 'whole' },
      long: { kind: 'choice', values: ['first', 'slide'], initial: 'first' },
    },
  },
} as const satisfies Record<ModalityName, { readonly options: Readonly<Record<string, OptionBounds>> }>;
