/** The heads that are run, by their Hugging Face classes; `heads/` says what each is. */
export const ARCHITECTURES = [
  'PerceiverModel',
  'PerceiverForMaskedLM',
  'PerceiverForSequenceClassification',
  'PerceiverForImageClassificationLearned',
  'PerceiverForImageClassificationFourier',
  'PerceiverForImageClassificationConvProcessing',
  'PerceiverForOpticalFlow',
  'PerceiverForMultimodalAutoencoding',
] as const;
export type Architecture = (typeof ARCHITECTURES)[number];
