/** What a column is to assistive technology: a region of its own, or in a small window the panel of its tab. */

import { en } from './language/en';
import { useMedia } from './use-theme';

export type ColumnName = 'input' | 'latents' | 'output';

/** Below this the columns are tabs, CSS px. */
export const NARROW = '(max-width: 879px)';

export const tabId = (column: ColumnName): string => `tab-${column}`;
export const columnId = (column: ColumnName): string => `column-${column}`;

export function useColumn(column: ColumnName) {
  const narrow = useMedia(NARROW);
  return {
    id: columnId(column),
    'data-region': en.columns[column],
    tabIndex: -1,
    ...(narrow ? { role: 'tabpanel', 'aria-labelledby': tabId(column) } : { 'aria-label': en.columns[column] }),
  };
}
