import * as React from 'react';
import { RemoveButton } from './buttons';
import { useForm } from './formContext';
import { NameInput, NewEntry, useNewEntry } from './newEntry';
import type { IField } from './specSchema';
import type { Path } from './specText';
import { ValueInput } from './valueInput';

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
  const taken = entries.map(([name]) => name);
  const entry = useNewEntry(taken, name => model.set([...path, name], ''));

  return (
    <div className="jp-smext-Map" role="group" aria-label={field.title} id={props.id} tabIndex={-1}>
      {(entries.length > 0 || entry.adding) && (
        <div className="jp-smext-Map-head" aria-hidden="true">
          <span>{trans.__('Name')}</span>
          <span>{trans.__('Value')}</span>
        </div>
      )}
      {entries.map(([name, value], index) => {
        const here = [...path, name];
        const problems = model.problemsAt(here);
        return (
          <div className="jp-smext-Map-row" key={index} ref={entry.shown(name)}>
            <NameInput
              name={name}
              taken={taken}
              onRename={renamed => model.rename(here, renamed)}
            />
            <ValueInput
              name={name}
              value={value}
              plain={field.item?.kind === 'text'}
              invalid={problems.length > 0}
              onChange={changed => model.set(here, changed)}
            />
            <RemoveButton
              label={trans.__('Remove %1', name)}
              onClick={() => {
                model.remove(here);
                entry.button.current?.focus();
              }}
            />
            {problems.map(problem => (
              <div key={problem.message} className="jp-smext-Form-problem">
                {problem.message}
              </div>
            ))}
          </div>
        );
      })}
      <NewEntry entry={entry} />
    </div>
  );
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
