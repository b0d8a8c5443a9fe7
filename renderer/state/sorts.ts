/** Orders of the gallery: which way each begins, and what it needs in order to mean anything. */
import { shownInfo } from './derived';
import type { LabState, LatentSort } from './types';

export const SORT_ORDER: readonly LatentSort[] = ['index', 'rows-read', 'similarity', 'region', 'output'];

/** Small spreads first, large shares first. */
export const NATURAL_DIRECTION: Readonly<Record<LatentSort, LabState['direction']>> = {
  index: 'ascending',
  'rows-read': 'ascending',
  similarity: 'descending',
  region: 'descending',
  output: 'descending',
};

export const BY_INDEX = { sort: 'index', direction: 'ascending' } as const;

/** Whether what a sort compares with is there: a latent, a region, an output. A classifier's one output always is. */
export function hasBasis(state: LabState, sort: LatentSort): boolean {
  if (sort === 'similarity') return state.selection.latents.length > 0;
  if (sort === 'region') return state.region !== null || state.span !== null;
  return sort !== 'output' || state.selection.query !== null || shownInfo(state)?.task !== 'masked-lm';
}
