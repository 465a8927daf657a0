import type { TranslationBundle } from '@jupyterlab/translation';
import { folderIcon, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Origin, Problem } from '../api/types';
import { formatDuration } from '../common/format';
import { AddButton, IconButton, MoreButton, RemoveButton } from './buttons';
import {
  BooleanControl,
  ChoiceControl,
  LinesControl,
  NumberControl,
  TextControl,
  type IControlProps
} from './controls';
import { controlId, useForm } from './formContext';
import { InstanceTypeControl } from './instanceTypeControl';
import { ITEM_BASICS } from './layout';
import { MapControl } from './mapControl';
import { NameInput, NewEntry, useNewEntry } from './newEntry';
import type { IField } from './specSchema';
import { type Path } from './specText';

export interface IFieldProps {
  field: IField;
  path: Path;
  /** What stands around the field says its name. */
  untitled?: boolean;
  /** Takes the place of the control that the schema would give. */
  control?: (props: IControlProps) => JSX.Element;
}

/** A member of the spec with its name, its control, what it means and what is wrong with it. */
export function Field(props: IFieldProps): JSX.Element | null {
  const { model, trans, idPrefix, found, openS3, pickS3 } = useForm();
  const { field, path } = props;
  const value = model.spec.get(path);
  if (field.kind === 'map' && (field.item?.kind === 'object' || field.item?.kind === 'list')) {
    return <EntriesField field={field} item={field.item} path={path} />;
  }
  const problems = model.problemsAt(path);
  const id = controlId(idPrefix, path);

  if (field.kind === 'constant' || (found && !found.has(field.id))) {
    return null;
  }
  if (field.kind === 'object') {
    return <ObjectField field={field} path={path} />;
  }
  if (field.kind === 'list' && field.item?.kind === 'object') {
    return <ListField field={field} item={field.item} path={path} untitled={props.untitled} />;
  }
  const origin = model.originAt(path);
  const control: IControlProps = {
    id,
    // What somebody else fills in is what holds as long as nothing is typed.
    field: origin ? { ...field, default: origin.value as IField['default'] } : field,
    value,
    onChange: changed => model.set(path, changed),
    describedBy: field.description || problems.length ? `${id}-help` : undefined,
    invalid: problems.length > 0
  };
  const seconds = Number(value ?? field.default);
  const isS3 = typeof value === 'string' && value.startsWith('s3://');
  const takesS3 = field.kind === 'text' && field.key.startsWith('s3_');
  return (
    <FieldFrame
      id={id}
      title={field.title}
      description={field.description}
      required={field.required}
      problems={problems}
      inline={field.kind === 'boolean'}
      grouped={field.kind === 'map'}
      untitled={props.untitled}
      note={field.key.endsWith('_in_seconds') && seconds > 0 ? formatDuration(seconds) : undefined}
      origins={origin ? [[null, origin]] : field.kind === 'map' ? model.originsBelow(path) : []}
      action={
        <>
          {takesS3 && pickS3 && (
            <IconButton
              icon={searchIcon}
              label={trans.__('Choose in S3')}
              onClick={() =>
                void pickS3(isS3 ? value : '').then(uri => uri && model.set(path, uri))
              }
            />
          )}
          {isS3 && openS3 && (
            <IconButton
              icon={folderIcon}
              label={trans.__('Show in S3')}
              onClick={() => openS3(value)}
            />
          )}
        </>
      }
    >
      {props.control ? props.control(control) : <Control {...control} path={path} />}
    </FieldFrame>
  );
}

function Control(props: IControlProps & { path: Path }): JSX.Element {
  const { trans } = useForm();
  const { path, ...control } = props;
  const { field } = control;
  if (field.key === 'instance_type') {
    return <InstanceTypeControl {...control} />;
  }
  switch (field.kind) {
    case 'boolean':
      return <BooleanControl {...control} />;
    case 'integer':
    case 'number':
      return <NumberControl {...control} />;
    case 'choice':
      return (
        <ChoiceControl
          {...control}
          choices={field.choices.map(choice => ({ value: choice, label: choice }))}
          none={
            field.required
              ? undefined
              : field.default
                ? trans.__('Default (%1)', String(field.default))
                : trans.__('Default')
          }
        />
      );
    case 'list':
      return <LinesControl {...control} />;
    case 'map':
      return <MapControl id={control.id} field={field} path={path} value={control.value} />;
    default:
      return <TextControl {...control} />;
  }
}

/** Name, control, help and problems, as they stand around every control. */
export function FieldFrame(props: {
  id: string;
  title: string;
  description: string;
  required: boolean;
  problems: readonly Problem[];
  children: React.ReactNode;
  /** The control stands before its name, as a check box does. */
  inline?: boolean;
  /** The control is a group of several, which a label cannot point at. */
  grouped?: boolean;
  untitled?: boolean;
  note?: string;
  /** Values that others fill in, with their name where the field holds several. */
  origins?: readonly [string | null, Origin][];
  action?: React.ReactNode;
}): JSX.Element {
  const { trans } = useForm();
  const { id } = props;
  const title = (
    <>
      {props.title}
      {props.required && (
        <span className="jp-smext-Form-required" title={trans.__('Required')} aria-hidden="true">
          *
        </span>
      )}
    </>
  );
  return (
    <div
      className={[
        'jp-smext-Form-field',
        props.inline && 'jp-mod-inline',
        props.untitled && 'jp-mod-untitled'
      ]
        .filter(Boolean)
        .join(' ')}
      data-invalid={props.problems.length > 0 || undefined}
    >
      {props.grouped ? (
        !props.untitled && <span className="jp-smext-Form-label">{title}</span>
      ) : (
        <label className={props.untitled ? 'jp-smext-Hidden' : 'jp-smext-Form-label'} htmlFor={id}>
          {title}
        </label>
      )}
      <div className="jp-smext-Form-control">
        {props.children}
        {props.note && <span className="jp-smext-Form-note">{props.note}</span>}
        {props.action}
      </div>
      {props.origins?.map(([name, origin]) => (
        <div key={name} className="jp-smext-Form-origin" title={origin.source}>
          {name === null
            ? trans.__('%1 – %2', valueText(origin.value), originText(origin, trans))
            : trans.__('%1: %2 – %3', name, valueText(origin.value), originText(origin, trans))}
        </div>
      ))}
      {(props.problems.length > 0 || props.description) && (
        <div className="jp-smext-Form-help" id={`${id}-help`}>
          {props.problems.map(problem => (
            <ProblemText key={problem.message} problem={problem} />
          ))}
          {props.description && <Prose text={props.description} />}
        </div>
      )}
    </div>
  );
}

/** Whose value it is, in words. */
function originText(origin: Origin, trans: TranslationBundle): string {
  switch (origin.layer) {
    case 'admin':
      return trans.__('set by your administrator');
    case 'user':
      return trans.__('from your defaults');
    default:
      return trans.__('from the defaults file of the SageMaker SDK');
  }
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function ProblemText(props: { problem: Problem }): JSX.Element {
  const { trans } = useForm();
  const { message, suggestion } = props.problem;
  return (
    <div className="jp-smext-Form-problem">
      {message} {suggestion && trans.__('Did you mean %1?', suggestion)}
    </div>
  );
}

/** Text in which `code` stands in backticks. */
function Prose(props: { text: string }): JSX.Element {
  return (
    <div className="jp-smext-Form-description">
      {props.text
        .split('`')
        .map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part))}
    </div>
  );
}

/** Members of an object; one that is optional and has members that must be given is added first. */
function ObjectField(props: { field: IField; path: Path }): JSX.Element | null {
  const { model, trans } = useForm();
  const { field, path } = props;
  const value = model.spec.get(path);
  const asksFirst = !field.required && field.members.some(member => member.required);
  const present = typeof value === 'object' && value !== null;
  const add = () => model.set(path, {});
  return (
    <Group
      title={field.title}
      description={field.description}
      problems={model.problemsAt(path)}
      action={
        asksFirst &&
        (present ? (
          <RemoveButton
            label={trans.__('Remove %1', field.title)}
            onClick={() => model.remove(path)}
          />
        ) : (
          <AddButton
            label={trans.__('Add')}
            title={trans.__('Add %1', field.title)}
            onClick={add}
          />
        ))
      }
    >
      {(present || !asksFirst) &&
        field.members.map(member => (
          <Field key={member.key} field={member} path={[...path, member.key]} />
        ))}
    </Group>
  );
}

/** A list of objects, one card each. */
function ListField(props: {
  field: IField;
  item: IField;
  path: Path;
  untitled?: boolean;
}): JSX.Element {
  const { model, trans } = useForm();
  const { field, item, path } = props;
  const value = model.spec.get(path);
  const count = Array.isArray(value) ? value.length : 0;
  return (
    <Group
      title={field.title}
      untitled={props.untitled}
      description={field.description}
      problems={model.problemsAt(path)}
      action={
        <AddButton
          label={trans.__('Add')}
          title={trans.__('Add to %1', field.title)}
          onClick={() => model.set([...path, count], {})}
        />
      }
    >
      {Array.from({ length: count }, (_, index) => (
        <Item key={index} item={item} path={[...path, index]} list={field} number={index + 1} />
      ))}
    </Group>
  );
}

/** A map whose values are more than one field: one card for each name. */
function EntriesField(props: { field: IField; item: IField; path: Path }): JSX.Element {
  const { model, trans } = useForm();
  const { field, item, path } = props;
  const value = model.spec.get(path);
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const entry = useNewEntry(names, name =>
    model.set([...path, name], item.kind === 'list' ? [] : {})
  );
  return (
    <Group
      title={field.title}
      description={field.description}
      problems={model.problemsAt(path)}
      action={<NewEntry entry={entry} title={trans.__('Add to %1', field.title)} />}
    >
      {names.map((name, index) => {
        const here = [...path, name];
        return (
          <div
            key={index}
            className="jp-smext-Item"
            role="group"
            aria-label={`${field.title} ${name}`}
            ref={entry.shown(name)}
          >
            <div className="jp-smext-Item-fields">
              <div className="jp-smext-Form-field">
                <NameInput
                  name={name}
                  taken={names}
                  onRename={renamed => model.rename(here, renamed)}
                />
              </div>
              {item.kind === 'list' ? (
                <Field field={item} path={here} untitled />
              ) : (
                item.members.map(member => (
                  <Field key={member.key} field={member} path={[...here, member.key]} />
                ))
              )}
            </div>
            <RemoveButton label={trans.__('Remove %1', name)} onClick={() => model.remove(here)} />
          </div>
        );
      })}
    </Group>
  );
}

function Item(props: { item: IField; path: Path; list: IField; number: number }): JSX.Element {
  const { model, trans, found } = useForm();
  const { item, path } = props;
  const [unfolded, setUnfolded] = React.useState(false);
  const open = unfolded || found !== null;
  const basics = ITEM_BASICS[item.key] ?? item.members.map(member => member.key);
  const isBasic = (member: IField) => basics.includes(member.key);
  const rest = item.members.filter(member => !isBasic(member));
  const fields = (members: readonly IField[]) =>
    members.map(member => <Field key={member.key} field={member} path={[...path, member.key]} />);
  return (
    <div className="jp-smext-Item" role="group" aria-label={`${props.list.title} ${props.number}`}>
      <div className="jp-smext-Item-fields">
        {fields(item.members.filter(isBasic))}
        {rest.length > 0 && !found && (
          <MoreButton open={open} onClick={() => setUnfolded(!unfolded)} />
        )}
        {open && fields(rest)}
        {model.problemsAt(path).map(problem => (
          <ProblemText key={problem.message} problem={problem} />
        ))}
      </div>
      <RemoveButton
        label={trans.__('Remove %1 %2', props.list.title, props.number)}
        onClick={() => model.remove(path)}
      />
    </div>
  );
}

function Group(props: {
  title: string;
  untitled?: boolean;
  description: string;
  problems: readonly Problem[];
  action: React.ReactNode;
  children: React.ReactNode;
}): JSX.Element {
  return (
    <fieldset className="jp-smext-Group">
      <legend className={props.untitled ? 'jp-smext-Hidden' : 'jp-smext-Group-title'}>
        {props.title}
      </legend>
      <div className="jp-smext-Group-help">
        {props.description && <Prose text={props.description} />}
        {props.problems.map(problem => (
          <ProblemText key={problem.message} problem={problem} />
        ))}
      </div>
      {props.children}
      {props.action}
    </fieldset>
  );
}
