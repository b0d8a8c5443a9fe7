/** Two small controls the columns share: a few choices side by side, and a list of choices in a native select. */
import type { ReactNode } from 'react';

export function Segments<T extends string>(props: {
  readonly label: string;
  readonly value: T;
  readonly options: readonly (readonly [T, string])[];
  readonly onChange: (value: T) => void;
}) {
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{props.label}</legend>
      {props.options.map(([value, text]) => (
        <label key={value}>
          <input
            type="radio"
            className="visually-hidden"
            name={props.label}
            checked={props.value === value}
            onChange={() => props.onChange(value)}
          />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function Choice(props: {
  readonly label: string;
  readonly value: string;
  /** Value, text, and why it cannot be chosen now. */
  readonly options: readonly (readonly [string, string, (string | null)?])[];
  readonly onChange: (value: string) => void;
  /** Shows the label in front of the value. */
  readonly prefix?: boolean;
  /** Keeps its width where others give way. */
  readonly fixed?: boolean;
  /** Stands for label and value where there is no room for words. */
  readonly icon?: ReactNode;
}) {
  const look = ['choice', props.fixed && 'fixed', props.icon && 'icon'].filter(Boolean).join(' ');
  return (
    <label className={look} title={props.icon ? props.label : undefined}>
      {props.icon}
      <span className={props.prefix ? 'choice-label' : 'visually-hidden'}>{props.label}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.target.value)}>
        {props.options.map(([value, text, why]) => (
          <option key={value} value={value} disabled={Boolean(why)} title={why ?? undefined}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
