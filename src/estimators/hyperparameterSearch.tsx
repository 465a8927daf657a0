import * as React from 'react';
import type { BuiltInAlgorithm } from '../api/types';
import { useForm } from './formContext';
import { describeHyperparameter } from './hyperparameters';

/** The hyperparameters of an algorithm that are not given yet; one that is not listed can be typed. */
export function HyperparameterSearch(props: {
  algorithm: BuiltInAlgorithm;
  taken: readonly string[];
  /** With an empty name: none is wanted. */
  onDone: (name: string) => void;
}): JSX.Element {
  const { trans } = useForm();
  const { algorithm, taken, onDone } = props;
  const [query, setQuery] = React.useState('');
  const [active, setActive] = React.useState(0);
  const id = React.useId();
  const list = React.useRef<HTMLUListElement>(null);
  const input = React.useRef<HTMLInputElement>(null);
  React.useLayoutEffect(() => input.current?.focus(), []);
  const word = query.trim().toLowerCase();
  const found = Object.keys(algorithm.hyperparameters)
    .filter(name => !taken.includes(name) && name.toLowerCase().includes(word))
    // What begins so is meant rather than what has it somewhere.
    .sort(
      (a, b) =>
        Number(b.toLowerCase().startsWith(word)) - Number(a.toLowerCase().startsWith(word)) ||
        a.localeCompare(b)
    );
  const current = Math.min(active, found.length - 1);
  React.useEffect(() => {
    list.current?.children[current]?.scrollIntoView({ block: 'nearest' });
  }, [current]);

  const onKeyDown = (event: React.KeyboardEvent) => {
    switch (event.key) {
      case 'ArrowDown':
        setActive(Math.min(current + 1, found.length - 1));
        break;
      case 'ArrowUp':
        setActive(Math.max(current - 1, 0));
        break;
      case 'Enter':
        onDone(found[current] ?? query.trim());
        break;
      case 'Escape':
        onDone('');
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      className="jp-smext-HyperparameterSearch"
      onBlur={event => {
        if (!event.currentTarget.contains(event.relatedTarget)) {
          onDone('');
        }
      }}
    >
      <input
        ref={input}
        className="jp-mod-styled jp-smext-Form-input"
        type="text"
        role="combobox"
        spellCheck={false}
        autoComplete="off"
        placeholder={trans.__('Search hyperparameters')}
        aria-label={trans.__('Search hyperparameters')}
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found.length ? `${id}-${current}` : undefined}
        value={query}
        onChange={event => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      <ul ref={list} id={id} role="listbox" aria-label={trans.__('Hyperparameters')}>
        {found.map((name, index) => (
          <li
            key={name}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === current}
            // The input keeps the focus, and with it the list stays.
            onMouseDown={event => event.preventDefault()}
            onClick={() => onDone(name)}
          >
            <span>{name}</span>
            <span className="jp-smext-Form-description">
              {describeHyperparameter(algorithm.hyperparameters[name], trans)}
            </span>
          </li>
        ))}
      </ul>
      {found.length === 0 && (
        <p className="jp-smext-Form-description">
          {word
            ? trans.__(
                '%1 documents none of this name; Enter adds it all the same.',
                algorithm.name
              )
            : trans.__('All that %1 documents are there.', algorithm.name)}
        </p>
      )}
    </div>
  );
}
