import * as React from 'react';
import type { Catalog, FrameworkEntry } from '../api/types';
import { ChoiceControl } from './controls';
import { Field, FieldFrame } from './field';
import { controlId, useForm } from './formContext';
import { ALGORITHM_KINDS, type AlgorithmKind } from './layout';
import { WithheldFields } from './withheld';
import { fieldAt, type IField } from './specSchema';
import type { Path } from './specText';

/** What runs: one of a framework, a built-in algorithm, an image of one's own, or an algorithm resource. */
export function AlgorithmField(props: { field: IField; path: Path }): JSX.Element {
  const { model, catalog, trans, idPrefix } = useForm();
  const { field, path } = props;
  const given = ALGORITHM_KINDS.filter(kind => model.spec.get([...path, kind]) !== undefined);
  const kind = given[0];

  const choose = (chosen: AlgorithmKind) => {
    if (given.length === 0) {
      model.set([...path, chosen], skeleton(chosen, catalog));
      return;
    }
    model.rename([...path, given[0]], chosen);
    given.slice(1).forEach(other => model.remove([...path, other]));
    model.set([...path, chosen], skeleton(chosen, catalog));
  };

  const id = controlId(idPrefix, path);
  return (
    <>
      <FieldFrame
        id={id}
        title={trans.__('Algorithm')}
        description={field.description}
        required
        problems={model.problemsAt(path)}
      >
        <ChoiceControl
          id={id}
          field={field}
          value={kind}
          invalid={model.problemsAt(path).length > 0}
          choices={[
            { value: 'framework', label: trans.__('Framework with your script') },
            { value: 'builtin', label: trans.__('Built-in algorithm') },
            { value: 'training_image', label: trans.__('Image of your own') },
            { value: 'algorithm_name', label: trans.__('Algorithm resource') }
          ]}
          onChange={value => choose(value as AlgorithmKind)}
        />
      </FieldFrame>
      {(kind === 'framework' || kind === 'builtin') && (
        <Entry
          path={[...path, kind]}
          entries={(kind === 'framework' ? catalog?.frameworks : catalog?.builtins) ?? []}
        />
      )}
      {(kind === 'training_image' || kind === 'algorithm_name') && (
        <Field field={fieldAt(model.schema, [...path, kind]) as IField} path={[...path, kind]} />
      )}
      <WithheldFields />
    </>
  );
}

/** Name and version of a framework or built-in algorithm, from the catalog where it is known. */
function Entry(props: { path: Path; entries: readonly FrameworkEntry[] }): JSX.Element {
  const { model, trans } = useForm();
  const { path, entries } = props;
  const text = (key: string) => String(model.spec.get([...path, key]) ?? '');
  const entry = entries.find(each => each.name === text('name'));
  const version = entry?.versions.find(each => each.version === text('version'));
  const members = fieldAt(model.schema, path)?.members ?? [];

  const choices: Record<string, { value: string; label: string }[]> = {
    name: entries.map(each => ({ value: each.name, label: each.title })),
    version: (entry?.versions ?? []).map(each => ({ value: each.version, label: each.version })),
    py_version: asChoices(version?.py_versions),
    base_framework_version: asChoices(version?.base_framework_versions)
  };

  return (
    <>
      {members
        .filter(
          member =>
            // What leaves nothing to choose is not asked, as long as it is not given.
            member.required ||
            text(member.key) ||
            choices[member.key]?.length > 1 ||
            (member.key === 'version' && choices.version.length > 0)
        )
        .map(member => {
          const here = [...path, member.key];
          return choices[member.key]?.length ? (
            <Field
              key={member.key}
              field={member}
              path={here}
              control={control => (
                <ChoiceControl
                  {...control}
                  choices={choices[member.key]}
                  none={member.required ? undefined : trans.__('Default')}
                  onChange={value =>
                    member.key === 'name'
                      ? model.set(path, newest(entries, String(value)))
                      : control.onChange(value)
                  }
                />
              )}
            />
          ) : (
            <Field key={member.key} field={member} path={here} />
          );
        })}
    </>
  );
}

function asChoices(values: readonly string[] = []): { value: string; label: string }[] {
  return values.map(value => ({ value, label: value }));
}

/** What a newly chosen kind begins with. */
function skeleton(kind: AlgorithmKind, catalog: Catalog | null): unknown {
  switch (kind) {
    case 'framework':
      return newest(catalog?.frameworks ?? [], 'sklearn');
    case 'builtin':
      return newest(catalog?.builtins ?? [], 'xgboost');
    default:
      return '';
  }
}

/** An entry with its newest version, and what that version leaves no choice of. */
function newest(entries: readonly FrameworkEntry[], name: string): Record<string, string> {
  const version = entries.find(entry => entry.name === name)?.versions[0];
  return {
    name,
    ...(version && { version: version.version }),
    ...(version && version.py_versions.length > 1 && { py_version: version.py_versions[0] }),
    ...(version?.base_framework_versions.length && {
      base_framework_version: version.base_framework_versions[0]
    })
  };
}
