import * as React from 'react';
import { AddButton } from './buttons';
import { useForm } from './formContext';

export interface INewEntry {
  /** A name is asked for. */
  adding: boolean;
  begin: () => void;
  /** Take a name and make an entry of it; empty, or of an entry that there is: nothing is made. */
  end: (name: string) => void;
  /** For the element of each entry: the new one takes the focus as soon as it is there. */
  shown: (name: string) => (entry: HTMLElement | null) => void;
  /** For the button that begins. */
  button: React.RefObject<HTMLButtonElement>;
}

/** An entry of a map that is added by its name. */
export function useNewEntry(taken: readonly string[], make: (name: string) => void): INewEntry {
  const [adding, setAdding] = React.useState(false);
  const button = React.useRef<HTMLButtonElement>(null);
  const added = React.useRef<string | null>(null);
  return {
    adding,
    begin: () => setAdding(true),
    end: name => {
      setAdding(false);
      if (name && !taken.includes(name)) {
        added.current = name;
        make(name);
      }
    },
    shown: name => entry => {
      if (entry && added.current === name) {
        added.current = null;
        // Its value is what comes next; the focus is there before the next key is pressed.
        const value = entry.querySelector<HTMLInputElement>(
          'input:not([data-name]), select, textarea'
        );
        value?.focus();
        value?.select?.();
      }
    },
    button
  };
}

/** The button that asks for the name of an entry, and the row in which it is typed. */
export function NewEntry(props: { entry: INewEntry; title?: string }): JSX.Element {
  const { trans } = useForm();
  const { entry, title } = props;
  return entry.adding ? (
    <NewRow onDone={entry.end} />
  ) : (
    <AddButton ref={entry.button} label={trans.__('Add')} title={title} onClick={entry.begin} />
  );
}

/** The row of a name that does not exist yet; it becomes a real one when the name is left. */
function NewRow(props: { onDone: (name: string) => void }): JSX.Element {
  const { trans } = useForm();
  const input = React.useRef<HTMLInputElement>(null);
  React.useLayoutEffect(() => input.current?.focus(), []);
  return (
    <div className="jp-smext-Map-row">
      <input
        ref={input}
        className="jp-mod-styled jp-smext-Form-input"
        type="text"
        spellCheck={false}
        autoComplete="off"
        aria-label={trans.__('Name')}
        onBlur={event => props.onDone(event.currentTarget.value.trim())}
        onKeyDown={event => {
          if (event.key === 'Escape') {
            event.currentTarget.value = '';
          }
          const forward = event.key === 'Tab' && !event.shiftKey && event.currentTarget.value;
          if (forward) {
            // The entry that comes of it takes the focus, not what stands behind this row.
            event.preventDefault();
          }
          if (forward || event.key === 'Enter' || event.key === 'Escape') {
            event.currentTarget.blur();
          }
        }}
      />
      <input className="jp-mod-styled jp-smext-Form-input" disabled aria-hidden="true" />
    </div>
  );
}

/** The name of an entry that exists: takes effect when it is left, so that half a name is never a key. */
export function NameInput(props: {
  name: string;
  taken: readonly string[];
  onRename: (name: string) => void;
}): JSX.Element {
  const { trans } = useForm();
  const [text, setText] = React.useState(props.name);
  React.useEffect(() => setText(props.name), [props.name]);
  const commit = () => {
    const name = text.trim();
    if (name && !props.taken.includes(name)) {
      props.onRename(name);
    } else {
      setText(props.name);
    }
  };
  return (
    <input
      className="jp-mod-styled jp-smext-Form-input"
      type="text"
      spellCheck={false}
      autoComplete="off"
      data-name=""
      aria-label={trans.__('Name of %1', props.name)}
      value={text}
      onChange={event => setText(event.target.value)}
      onBlur={commit}
      onKeyDown={event => {
        if (event.key === 'Enter') {
          commit();
        } else if (event.key === 'Escape') {
          setText(props.name);
        }
      }}
    />
  );
}
