import * as React from 'react';
import { Button } from '../common/button';
import { FieldFrame } from './field';
import { controlId, useForm } from './formContext';
import { ALGORITHM_KINDS, GOES_WITH, type IJobPlace } from './layout';
import type { EstimatorModel } from './model';
import { fieldAt, type IField } from './specSchema';
import { parsePath, type Path, pathText, writeScalar } from './specText';

/** Paths of what does not go with the algorithm of a job. Where none, or several are given, everything may be meant. */
export function withheldPaths(model: EstimatorModel, job: IJobPlace): string[] {
  const given = ALGORITHM_KINDS.filter(
    kind => model.spec.get([...job.spec, 'algorithm', kind]) !== undefined
  );
  return Object.entries(GOES_WITH)
    .filter(([, kinds]) => given.length === 1 && !kinds.includes(given[0]))
    .map(([member]) => pathText([...job.spec, ...parsePath(member)]));
}

/** What is set in the text and hidden in the form, because it does not go with the algorithm. */
export function WithheldFields(): JSX.Element {
  const { model, job, found } = useForm();
  const set = withheldPaths(model, job)
    .map(parsePath)
    .filter(path => model.spec.get(path) !== undefined);
  return (
    <>
      {found === null &&
        set.map(path => (
          <Withheld
            key={pathText(path)}
            field={fieldAt(model.schema, path) as IField}
            path={path}
          />
        ))}
    </>
  );
}

function Withheld(props: { field: IField; path: Path }): JSX.Element {
  const { model, trans, idPrefix } = useForm();
  const { field, path } = props;
  const id = controlId(idPrefix, path);
  return (
    <FieldFrame
      id={id}
      title={field.title}
      description={trans.__('The text sets this, but it does not go with the algorithm.')}
      required={false}
      problems={model.problemsAt(path)}
      grouped
    >
      <div
        className="jp-smext-Withheld"
        role="group"
        aria-label={field.title}
        id={id}
        tabIndex={-1}
      >
        <code>{valueText(model.spec.get(path))}</code>
        <Button label={trans.__('Remove')} onClick={() => model.remove(path)} />
      </div>
    </FieldFrame>
  );
}

/** `source_dir: . · entry_script: train.py`. */
function valueText(value: unknown): string {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value)
        .map(([key, each]) => `${key}: ${writeScalar(each)}`)
        .join(' · ')
    : writeScalar(value);
}
