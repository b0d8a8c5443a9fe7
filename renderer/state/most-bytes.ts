import type { LabState } from './types';

/** Bytes the current text model (or the first there is) reads at once: its positions without [CLS] and [SEP]. */
export function mostBytes({ models, modelId }: Pick<LabState, 'models' | 'modelId'>): number {
  const readsText = models.filter((model) => model.info.modality === 'text');
  const model = readsText.find((entry) => entry.id === modelId) ?? readsText[0];
  return model ? model.info.inputRows - 2 : Number.POSITIVE_INFINITY;
}
