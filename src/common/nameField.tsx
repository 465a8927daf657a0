import type { TranslationBundle } from '@jupyterlab/translation';
import { InputGroup } from '@jupyterlab/ui-components';
import { Debouncer } from '@lumino/polling';
import * as React from 'react';

/** Milliseconds without a key before a filter takes effect. */
const DELAY = 300;

/** The field above a list that AWS narrows by name. Escape empties it. */
export function NameField(props: {
  /** What is narrowed by name; read out by screen readers. */
  label: string;
  /** What the list is narrowed to now. */
  value: string;
  onChange: (nameContains: string) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { value, trans } = props;
  // What is typed and not yet in effect.
  const [typed, setTyped] = React.useState<string | null>(null);
  const onChange = React.useRef(props.onChange);
  onChange.current = props.onChange;
  const filter = React.useMemo(
    () =>
      new Debouncer<void, void, [string]>(nameContains => {
        setTyped(null);
        onChange.current(nameContains);
      }, DELAY),
    []
  );
  React.useEffect(() => () => filter.dispose(), [filter]);
  const type = (text: string) => {
    setTyped(text);
    void filter.invoke(text.trim());
  };
  const shown = typed ?? value;
  return (
    <InputGroup
      className="jp-smext-Filter-text"
      type="search"
      rightIcon="ui-components:search"
      placeholder={trans.__('Filter')}
      aria-label={props.label}
      spellCheck={false}
      value={shown}
      onChange={event => type(event.target.value)}
      onKeyDown={event => {
        if (event.key === 'Escape' && shown) {
          event.preventDefault();
          event.stopPropagation();
          type('');
        }
      }}
    />
  );
}
