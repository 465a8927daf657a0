import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { AlgorithmHyperparameter, BuiltInAlgorithm } from '../api/types';
import { breakable } from '../common/breakable';
import { RemoveButton } from './buttons';
import { Field, FieldFrame, ProblemText } from './field';
import { controlId, useForm } from './formContext';
import { HyperparameterSearch } from './hyperparameterSearch';
import {
  describeHyperparameter,
  firstRange,
  RANGE_KINDS,
  type RangeKind,
  rangeKinds,
  valueProblem
} from './hyperparameters';
import type { IJobPlace } from './layout';
import { NameInput, NewEntry, useNewEntry } from './newEntry';
import { fieldAt, type IField } from './specSchema';
import { readScalar, type Path } from './specText';
import { ValueInput } from './valueInput';

/**
 * The hyperparameters of a job, one a row: a value, or in a tuning job what is tried.
 *
 * Those of a built-in algorithm are known: their type and limits stand with them, and the required ones are there from
 * the beginning.
 */
export function HyperparameterTable(props: { field: IField; untitled?: boolean }): JSX.Element {
  const { model, catalog, idPrefix, job } = useForm();
  const { field } = props;
  const valuesAt = valuesPath(job);
  const rangesAt = rangesPath(job);
  const algorithm = catalog?.algorithms.find(
    each => each.name === model.spec.get([...job.spec, 'algorithm', 'builtin', 'name'])
  );
  const tunes = fieldAt(model.schema, rangesAt) !== null;
  // A text of the other kind may hold ranges all the same; they are nothing to its form.
  const ranges = tunes ? rangesOf(model.spec.get(rangesAt)) : new Map<string, RangeKind>();
  const values = keysOf(model.spec.get(valuesAt));
  const required = Object.entries(algorithm?.hyperparameters ?? {})
    .filter(([, definition]) => definition.required)
    .map(([name]) => name);
  const names = [...new Set([...required, ...values, ...ranges.keys()])];
  const entry = useNewEntry(names, name => {
    // What holds without it is where a change of it begins.
    const known = algorithm?.hyperparameters[name]?.default;
    model.set([...valuesAt, name], readScalar(known ?? ''));
  });

  const id = controlId(idPrefix, valuesAt);
  return (
    <FieldFrame
      id={id}
      title={field.title}
      description={field.description}
      required={false}
      problems={[...model.problemsAt(valuesAt), ...(tunes ? model.problemsAt(rangesAt) : [])]}
      grouped
      untitled={props.untitled}
      origins={model.originsBelow(valuesAt)}
    >
      <div
        className="jp-smext-Map jp-smext-Hyperparameters"
        role="group"
        aria-label={field.title}
        id={id}
        tabIndex={-1}
      >
        {names.map((name, index) => (
          <Row
            key={index}
            name={name}
            names={names}
            algorithm={algorithm}
            range={ranges.get(name) ?? null}
            tunes={tunes}
            required={required.includes(name)}
            onRemoved={() => entry.button.current?.focus()}
            shown={entry.shown(name)}
          />
        ))}
        {algorithm && entry.adding ? (
          <HyperparameterSearch algorithm={algorithm} taken={names} onDone={entry.end} />
        ) : (
          <NewEntry entry={entry} />
        )}
      </div>
    </FieldFrame>
  );
}

function Row(props: {
  name: string;
  names: readonly string[];
  algorithm: BuiltInAlgorithm | undefined;
  /** How it is tuned; null: it has one value. */
  range: RangeKind | null;
  /** The job is a tuning job. */
  tunes: boolean;
  required: boolean;
  onRemoved: () => void;
  shown: (row: HTMLElement | null) => void;
}): JSX.Element {
  const { model, trans, job } = useForm();
  const { name, range, algorithm } = props;
  const valuePath = [...valuesPath(job), name];
  const rangePath = (kind: RangeKind) => [...rangesPath(job), kind, name];
  const definition: AlgorithmHyperparameter | undefined = algorithm?.hyperparameters[name];
  const path = range ? rangePath(range) : valuePath;
  const value = model.spec.get(valuePath);
  const problem =
    !range && definition && value !== undefined ? valueProblem(definition, value, trans) : null;
  const unknown = algorithm && !definition;
  const mayTune = props.tunes && (range !== null || !definition || definition.tunable);

  const known = rangeKinds(definition);
  // What the text says is shown, whatever goes with the hyperparameter.
  const kinds = range && !known.includes(range) ? [...known, range] : known;

  const changeRange = (kind: RangeKind | null) => {
    const first = range ? firstValue(model.spec.get(path)) : value;
    model.remove(path);
    if (kind) {
      model.set(rangePath(kind), firstRange(kind, definition, first));
    } else {
      model.set(valuePath, first ?? '');
    }
  };
  return (
    <div className="jp-smext-Hyperparameter" role="group" aria-label={name} ref={props.shown}>
      <div className="jp-smext-Hyperparameter-row" data-tunes={props.tunes || undefined}>
        {definition ? (
          <span
            className="jp-smext-Hyperparameter-name"
            title={`${name}: ${describeHyperparameter(definition, trans)}`}
          >
            {breakable(name)}
            {props.required && (
              <span className="jp-smext-Form-required" title={trans.__('Required')}>
                *
              </span>
            )}
          </span>
        ) : (
          <NameInput
            name={name}
            taken={props.names}
            onRename={renamed => model.rename(path, renamed)}
          />
        )}
        {range ? (
          <span className="jp-smext-Form-note">{trans.__('tuned')}</span>
        ) : (
          <ValueInput
            name={name}
            value={value}
            choices={
              definition?.choices ?? (definition?.type === 'bool' ? ['true', 'false'] : null)
            }
            invalid={problem !== null || model.problemsAt(path).length > 0}
            onChange={changed => model.set(path, changed)}
          />
        )}
        {mayTune ? (
          <HTMLSelect
            aria-label={trans.__('How %1 is set', name)}
            value={range ?? ''}
            onChange={event => changeRange((event.target.value || null) as RangeKind | null)}
          >
            <option value="">{trans.__('Fixed')}</option>
            {kinds.map(kind => (
              <option key={kind} value={kind}>
                {kind === 'continuous'
                  ? trans.__('Tune: numbers')
                  : kind === 'integer'
                    ? trans.__('Tune: whole numbers')
                    : trans.__('Tune: values')}
              </option>
            ))}
          </HTMLSelect>
        ) : (
          props.tunes && <span className="jp-smext-Form-note">{trans.__('not tunable')}</span>
        )}
        {value === undefined && !range ? (
          <span />
        ) : (
          <RemoveButton
            label={trans.__('Remove %1', name)}
            title={
              definition && !props.required
                ? trans.__('Remove %1: the algorithm takes its default', name)
                : undefined
            }
            onClick={() => {
              model.remove(path);
              props.onRemoved();
            }}
          />
        )}
      </div>
      {range && <Range name={name} kind={range} path={path} />}
      {definition && (
        <div className="jp-smext-Form-description">{describeHyperparameter(definition, trans)}</div>
      )}
      {problem && <div className="jp-smext-Form-problem">{problem}</div>}
      {unknown && (
        <div className="jp-smext-Form-problem">
          {trans.__('%1 has no hyperparameter %2.', algorithm.name, name)}
        </div>
      )}
      {model.problemsAt(path).map(each => (
        <ProblemText key={each.message} problem={each} />
      ))}
    </div>
  );
}

/** What is tried of a hyperparameter. */
function Range(props: { name: string; kind: RangeKind; path: Path }): JSX.Element {
  const { model, trans } = useForm();
  const { path } = props;
  const item = fieldAt(model.schema, path) as IField;
  return (
    <div
      className="jp-smext-Hyperparameter-range"
      role="group"
      aria-label={trans.__('Range of %1', props.name)}
    >
      {props.kind === 'categorical' ? (
        <Field field={{ ...item, title: trans.__('Values of %1', props.name) }} path={path} />
      ) : (
        item.members.map(member => (
          <Field key={member.key} field={member} path={[...path, member.key]} />
        ))
      )}
    </div>
  );
}

function valuesPath(job: IJobPlace): Path {
  return [...job.spec, 'hyperparameters'];
}

function rangesPath(job: IJobPlace): Path {
  return [...job.tuning, 'parameter_ranges'];
}

/** Every hyperparameter that is tuned, and how. */
function rangesOf(ranges: unknown): Map<string, RangeKind> {
  const given = (ranges ?? {}) as Partial<Record<RangeKind, unknown>>;
  return new Map(
    RANGE_KINDS.flatMap(kind =>
      keysOf(given[kind]).map((name): [string, RangeKind] => [name, kind])
    )
  );
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

/** One of the values that a range tries. */
function firstValue(range: unknown): unknown {
  return Array.isArray(range) ? range[0] : (range as { min_value?: unknown } | null)?.min_value;
}
