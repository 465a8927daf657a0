import * as React from 'react';
import { AddButton, RemoveButton } from './buttons';
import { FieldFrame } from './field';
import { controlId, useForm } from './formContext';
import { definitionPath } from './layout';
import type { IField } from './specSchema';
import type { Path, SpecText } from './specText';

/** The names of the training jobs that a tuning job has beside its first. */
export function definitionNames(spec: SpecText): string[] {
  const given = spec.get(['tuning', 'definitions']);
  return Array.isArray(given) ? given.map(each => String(each?.definition_name ?? '')) : [];
}

/** The other training jobs of a tuning job, by name; each has a section of its own. */
export function DefinitionsField(props: { field: IField; path: Path }): JSX.Element {
  const { model, trans, idPrefix, showField } = useForm();
  const { field, path } = props;
  const names = definitionNames(model.spec);
  const id = controlId(idPrefix, path);

  const add = () => {
    const firstName = model.spec.get(['tuning', 'definition_name']);
    const taken = [...names, firstName];
    if (!firstName) {
      taken.push(freeName(taken));
      model.set(['tuning', 'definition_name'], taken[taken.length - 1]);
    }
    // Like the first job, from which it usually differs in little.
    model.set([...path, names.length], {
      definition_name: freeName(taken),
      spec: model.spec.get(['spec']),
      objective: model.spec.get(['tuning', 'objective']),
      parameter_ranges: model.spec.get(['tuning', 'parameter_ranges'])
    });
    showField(`${definitionPath(names.length)}.definition_name`);
  };
  return (
    <FieldFrame
      id={id}
      title={field.title}
      description={field.description}
      required={false}
      problems={model.problemsAt(path)}
      grouped
    >
      <div
        className="jp-smext-Definitions"
        role="group"
        aria-label={field.title}
        id={id}
        tabIndex={-1}
      >
        {names.map((name, index) => {
          const shown = name || trans.__('Number %1', index + 2);
          return (
            <div className="jp-smext-Definitions-row" key={index}>
              <button
                type="button"
                className="jp-smext-Link"
                onClick={() => showField(`${definitionPath(index)}.definition_name`)}
              >
                {shown}
              </button>
              <RemoveButton
                label={trans.__('Remove %1', shown)}
                onClick={() => model.remove([...path, index])}
              />
            </div>
          );
        })}
        <AddButton
          label={trans.__('Add')}
          title={trans.__('Add to %1', field.title)}
          onClick={add}
        />
      </div>
    </FieldFrame>
  );
}

function freeName(taken: readonly unknown[]): string {
  let number = taken.length;
  while (taken.includes(`job-${number}`)) {
    number++;
  }
  return `job-${number}`;
}
