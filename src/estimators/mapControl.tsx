import { addIcon, closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { useDraft } from './controls';
import { useForm } from './formContext';
import type { IField } from './specSchema';
import { readScalar, writeScalar, type Path } from './specText';

/** Names and values, one a row. */
export function MapControl(props: {
  id: string;
  field: IField;
  path: Path;
  value: unknown;
}): JSX.Element {
  const { model, trans } = useForm();
  const { field, path } = props;
  const entries = Object.entries(isMap(props.value) ? props.value : {});
  const [adding, setAdding] = React.useState(false);
  const addButton = React.useRef<HTMLButtonElement>(null);
  const added = React.useRef<string | null>(null);
  const taken = entries.map(([name]) => name);

  const add = (name: string) => {
    setAdding(false);
    if (name && !taken.includes(name)) {
      added.current = name;
      model.set([...path, name], '');
    }
  };

  return (
    <div className="jp-smext-Map" role="group" aria-label={field.title} id={props.id} tabIndex={-1}>
      {(entries.length > 0 || adding) && (
        <div className="jp-smext-Map-head" aria-hidden="true">
          <span>{trans.__('Name')}</span>
          <span>{trans.__('Value')}</span>
        </div>
      )}
      {entries.map(([name, value], index) => (
        <div
          className="jp-smext-Map-row"
          key={index}
          ref={row => {
            if (row && added.current === name) {
              added.current = null;
              focusAfterName(row);
            }
          }}
        >
          <NameInput
            name={name}
            taken={taken}
            onRename={renamed => model.rename([...path, name], renamed)}
          />
          <ValueInput
            name={name}
            value={value}
            plain={field.item?.kind === 'text'}
            invalid={model.problemsAt([...path, name]).length > 0}
            onChange={changed => model.set([...path, name], changed)}
          />
          <button
            type="button"
            className="jp-smext-IconButton"
            title={trans.__('Remove %1', name)}
            aria-label={trans.__('Remove %1', name)}
            onClick={() => {
              model.remove([...path, name]);
              addButton.current?.focus();
            }}
          >
            <closeIcon.react tag="span" aria-hidden="true" />
          </button>
          {model.problemsAt([...path, name]).map(problem => (
            <div key={problem.message} className="jp-smext-Form-problem">
              {problem.message}
            </div>
          ))}
        </div>
      ))}
      {adding ? (
        <NewRow onDone={add} />
      ) : (
        <button
          ref={addButton}
          type="button"
          className="jp-smext-AddButton"
          onClick={() => setAdding(true)}
        >
          <addIcon.react tag="span" aria-hidden="true" />
          {trans.__('Add')}
        </button>
      )}
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

/** A value; in a map of anything it is read as YAML, so that `6` is a number and `"6"` is text. */
function ValueInput(props: {
  name: string;
  value: unknown;
  plain: boolean;
  invalid: boolean;
  onChange: (value: unknown) => void;
}): JSX.Element {
  const { trans } = useForm();
  const read = props.plain ? (text: string): unknown => text : readScalar;
  const [text, setText] = useDraft(props.value, props.plain ? String : writeScalar, read);
  return (
    <input
      className="jp-mod-styled jp-smext-Form-input"
      type="text"
      spellCheck={false}
      autoComplete="off"
      aria-label={trans.__('Value of %1', props.name)}
      aria-invalid={props.invalid}
      value={text}
      onChange={event => {
        setText(event.target.value);
        props.onChange(read(event.target.value));
      }}
    />
  );
}

/** The value of a new entry is what comes next; the focus is there before the next key is pressed. */
export function focusAfterName(entry: HTMLElement): void {
  entry.querySelectorAll<HTMLElement>('input, select, textarea')[1]?.focus();
}

/** The row of a name that does not exist yet; it becomes a real one when the name is left. */
export function NewRow(props: { onDone: (name: string) => void }): JSX.Element {
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

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
