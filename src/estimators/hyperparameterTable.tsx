import { addIcon, closeIcon, HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { AlgorithmHyperparameter, BuiltInAlgorithm } from '../api/types';
import { useDraft } from './controls';
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
import { focusAfterName, NameInput, NewRow } from './mapControl';
import { fieldAt, type IField } from './specSchema';
import { readScalar, writeScalar, type Path } from './specText';

const VALUES: Path = ['spec', 'hyperparameters'];
const RANGES: Path = ['tuning', 'parameter_ranges'];

/**
 * The hyperparameters of a job, one a row: a value, or in a tuning job what is tried.
 *
 * Those of a built-in algorithm are known: their type and limits stand with them, and the required ones are there from
 * the beginning.
 */
export function HyperparameterTable(props: { field: IField }): JSX.Element {
  const { model, catalog, trans, idPrefix } = useForm();
  const { field } = props;
  const algorithm = catalog?.algorithms.find(
    each => each.name === model.spec.get(['spec', 'algorithm', 'builtin', 'name'])
  );
  const tunes = fieldAt(model.schema, RANGES) !== null;
  // A text of the other kind may hold ranges all the same; they are nothing to its form.
  const ranges = tunes ? rangesOf(path => model.spec.get(path)) : new Map<string, RangeKind>();
  const values = keysOf(model.spec.get(VALUES));
  const required = Object.entries(algorithm?.hyperparameters ?? {})
    .filter(([, definition]) => definition.required)
    .map(([name]) => name);
  const names = [...new Set([...required, ...values, ...ranges.keys()])];
  const [adding, setAdding] = React.useState(false);
  const addButton = React.useRef<HTMLButtonElement>(null);
  const added = React.useRef<string | null>(null);

  const add = (name: string) => {
    setAdding(false);
    if (name && !names.includes(name)) {
      added.current = name;
      model.set([...VALUES, name], '');
    } else {
      addButton.current?.focus();
    }
  };
  const id = controlId(idPrefix, VALUES);
  return (
    <FieldFrame
      id={id}
      title={field.title}
      description={field.description}
      required={false}
      problems={[...model.problemsAt(VALUES), ...(tunes ? model.problemsAt(RANGES) : [])]}
      grouped
      untitled
      origins={model.originsBelow(VALUES)}
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
            onRemoved={() => addButton.current?.focus()}
            onShown={row => {
              if (added.current === name) {
                added.current = null;
                focusAfterName(row);
              }
            }}
          />
        ))}
        {adding && algorithm && (
          <HyperparameterSearch algorithm={algorithm} taken={names} onDone={add} />
        )}
        {adding && !algorithm && <NewRow onDone={add} />}
        {!adding && (
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
  onShown: (row: HTMLElement) => void;
}): JSX.Element {
  const { model, trans } = useForm();
  const { name, range, algorithm } = props;
  const definition: AlgorithmHyperparameter | undefined = algorithm?.hyperparameters[name];
  const path = range ? [...RANGES, range, name] : [...VALUES, name];
  const value = model.spec.get([...VALUES, name]);
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
      model.set([...RANGES, kind, name], firstRange(kind, definition, first));
    } else {
      model.set([...VALUES, name], first ?? '');
    }
  };
  return (
    <div
      className="jp-smext-Hyperparameter"
      role="group"
      aria-label={name}
      ref={row => row && props.onShown(row)}
    >
      <div className="jp-smext-Hyperparameter-row" data-tunes={props.tunes || undefined}>
        {definition ? (
          <span className="jp-smext-Hyperparameter-name" title={name}>
            {name}
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
            definition={definition}
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
          <button
            type="button"
            className="jp-smext-IconButton"
            title={
              definition && !props.required
                ? trans.__('Remove %1: the algorithm takes its default', name)
                : trans.__('Remove %1', name)
            }
            aria-label={trans.__('Remove %1', name)}
            onClick={() => {
              model.remove(path);
              props.onRemoved();
            }}
          >
            <closeIcon.react tag="span" aria-hidden="true" />
          </button>
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

/** A value is read as YAML, so that `6` is a number and `"6"` is text; what has choices offers them. */
function ValueInput(props: {
  name: string;
  value: unknown;
  definition: AlgorithmHyperparameter | undefined;
  invalid: boolean;
  onChange: (value: unknown) => void;
}): JSX.Element {
  const { trans } = useForm();
  const { name, value, definition } = props;
  const list = React.useId();
  const [text, setText] = useDraft(value ?? '', writeScalar, readScalar);
  const choices = definition?.choices ?? (definition?.type === 'bool' ? ['true', 'false'] : null);
  return (
    <>
      <input
        className="jp-mod-styled jp-smext-Form-input"
        type="text"
        spellCheck={false}
        autoComplete="off"
        list={choices ? list : undefined}
        aria-label={trans.__('Value of %1', name)}
        aria-invalid={props.invalid}
        value={text}
        onChange={event => {
          setText(event.target.value);
          props.onChange(readScalar(event.target.value));
        }}
      />
      {choices && (
        <datalist id={list}>
          {choices.map(choice => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </>
  );
}

/** Every hyperparameter that is tuned, and how. */
function rangesOf(get: (path: Path) => unknown): Map<string, RangeKind> {
  return new Map(
    RANGE_KINDS.flatMap(kind =>
      keysOf(get([...RANGES, kind])).map((name): [string, RangeKind] => [name, kind])
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
