/** Classes with their probabilities: the first five, or all with a filter. One query gave them all: a click selects that query. */
import { useState } from 'react';
import { formatProbability } from '../../app/format';
import './output.css';

export interface ClassListProps {
  /** Most probable first. */
  readonly classes: readonly { readonly label: string; readonly index: number; readonly probability: number }[];
  readonly selected: boolean;
  readonly onSelect: () => void;
  readonly words: { readonly more: string; readonly fewer: string; readonly filter: string; readonly nothingFits: string };
}

const FEW = 5;

export function ClassList({ classes, selected, onSelect, words }: ClassListProps) {
  const [all, setAll] = useState(false);
  const [filter, setFilter] = useState('');
  const fitting = all ? classes.filter(({ label }) => label.toLowerCase().includes(filter.trim().toLowerCase())) : classes.slice(0, FEW);
  const most = classes[0]?.probability || 1;
  return (
    <div className="class-list">
      {all && classes.length > 2 * FEW ? (
        <input
          type="search"
          value={filter}
          placeholder={words.filter}
          aria-label={words.filter}
          onChange={(event) => setFilter(event.target.value)}
        />
      ) : null}
      <ol>
        {fitting.map(({ label, index, probability }) => (
          <li key={index}>
            <button type="button" className="class-row" aria-pressed={selected} onClick={onSelect}>
              <span className="class-label">{label}</span>
              <span className="class-bar" aria-hidden="true">
                <i style={{ width: `${Math.max(1, (100 * probability) / most)}%` }} />
              </span>
              <span className="class-probability">{formatProbability(probability)}</span>
            </button>
          </li>
        ))}
      </ol>
      {all && fitting.length === 0 ? <p className="class-none">{words.nothingFits}</p> : null}
      {classes.length > FEW ? (
        <button type="button" className="class-more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? words.fewer : words.more}
        </button>
      ) : null}
    </div>
  );
}
