import * as React from 'react';

/** One of two or three, as buttons beside each other. */
export function Choice(props: {
  label: string;
  value: string;
  choices: Record<string, string>;
  onChange: (value: string) => void;
}): JSX.Element {
  return (
    <div className="jp-smext-Choice" role="group" aria-label={props.label}>
      <span aria-hidden="true">{props.label}</span>
      {Object.entries(props.choices).map(([value, words]) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === props.value}
          onClick={() => props.onChange(value)}
        >
          {words}
        </button>
      ))}
    </div>
  );
}
