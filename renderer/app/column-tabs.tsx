/** The three columns as tabs, in a small window: one tab stop, arrows go from tab to tab. */
import type { KeyboardEvent } from 'react';
import { useLab, useLabState } from './lab-context';
import { en } from './language/en';
import { type ColumnName, columnId, tabId } from './use-column';

const COLUMNS: readonly ColumnName[] = ['input', 'latents', 'output'];

export function ColumnTabs() {
  const lab = useLab();
  const tab = useLabState((state) => state.tab);
  const onKeyDown = (event: KeyboardEvent): void => {
    const at = COLUMNS.indexOf(tab);
    const steps: Readonly<Record<string, number>> = { ArrowLeft: at + 2, ArrowRight: at + 1, Home: 0, End: 2 };
    const next = COLUMNS[(steps[event.key] ?? -1) % COLUMNS.length];
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    lab.views.tab(next);
    document.getElementById(tabId(next))?.focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={en.tabs} onKeyDown={onKeyDown}>
      {COLUMNS.map((column) => (
        <button
          key={column}
          id={tabId(column)}
          type="button"
          role="tab"
          aria-selected={tab === column}
          aria-controls={columnId(column)}
          tabIndex={tab === column ? 0 : -1}
          onClick={() => lab.views.tab(column)}
        >
          {en.columns[column]}
        </button>
      ))}
    </div>
  );
}
