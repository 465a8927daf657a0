import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IField } from './specSchema';
import { readScalar, writeScalar } from './specText';

/** What a control gets from the field around it. */
export interface IControlProps {
  id: string;
  field: IField;
  value: unknown;
  /** Undefined: the member is left out. */
  onChange: (value: unknown) => void;
  describedBy?: string;
  invalid: boolean;
}

/**
 * The text of an input whose value is not text.
 *
 * What was typed is kept as long as it means the value, so that `1.` or `0.10` is not rewritten under the cursor.
 */
export function useDraft(
  value: unknown,
  format: (value: unknown) => string,
  parse: (text: string) => unknown
): [string, (text: string) => void] {
  const [draft, setDraft] = React.useState(() => format(value));
  const same = JSON.stringify(parse(draft)) === JSON.stringify(value);
  return [same ? draft : format(value), setDraft];
}

export function TextControl(props: IControlProps & { suggestions?: string }): JSX.Element {
  const { value, field } = props;
  return (
    <input
      id={props.id}
      className="jp-mod-styled jp-smext-Form-input"
      type="text"
      spellCheck={false}
      autoComplete="off"
      list={props.suggestions}
      value={value === undefined || value === null ? '' : asText(value)}
      placeholder={asText(field.default ?? '')}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid}
      aria-required={field.required}
      onChange={event => props.onChange(event.target.value || undefined)}
    />
  );
}

export function NumberControl(props: IControlProps): JSX.Element {
  const { field } = props;
  const [text, setText] = useDraft(props.value, value => asText(value ?? ''), parseNumber);
  return (
    <input
      id={props.id}
      className="jp-mod-styled jp-smext-Form-input jp-mod-number"
      type="text"
      inputMode={field.kind === 'integer' ? 'numeric' : 'decimal'}
      autoComplete="off"
      value={text}
      placeholder={asText(field.default ?? '')}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid}
      aria-required={field.required}
      onChange={event => {
        setText(event.target.value);
        props.onChange(parseNumber(event.target.value));
      }}
    />
  );
}

export function BooleanControl(props: IControlProps): JSX.Element {
  const { field } = props;
  const shown = props.value ?? field.default;
  return (
    <input
      id={props.id}
      className="jp-mod-styled"
      type="checkbox"
      checked={shown === true}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid}
      onChange={event =>
        props.onChange(
          event.target.checked === (field.default ?? false) ? undefined : event.target.checked
        )
      }
    />
  );
}

/** One of several. What is not among them is shown too: the text may hold anything. */
export function ChoiceControl(
  props: IControlProps & {
    choices: readonly { value: string; label: string }[];
    /** The words for no choice; left out: something must be chosen. */
    none?: string;
  }
): JSX.Element {
  const value = props.value === undefined || props.value === null ? '' : asText(props.value);
  const known = props.choices.some(choice => choice.value === value);
  return (
    <HTMLSelect
      id={props.id}
      className="jp-smext-Form-select"
      value={value}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid}
      aria-required={props.field.required}
      onChange={event => props.onChange(event.target.value || undefined)}
    >
      {(props.none !== undefined || value === '') && <option value="">{props.none ?? ''}</option>}
      {!known && value !== '' && <option value={value}>{value}</option>}
      {props.choices.map(choice => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </HTMLSelect>
  );
}

/** A list of texts or other single values, one a line. */
export function LinesControl(props: IControlProps): JSX.Element {
  const isText = props.field.item?.kind === 'text';
  const parse = (given: string) => parseLines(given, isText ? line => line : readScalar);
  const write = isText ? asText : writeScalar;
  const [text, setText] = useDraft(
    props.value,
    value => (Array.isArray(value) ? value.map(write).join('\n') : asText(value ?? '')),
    parse
  );
  return (
    <textarea
      id={props.id}
      className="jp-mod-styled jp-smext-Form-lines"
      rows={Math.min(6, Math.max(2, text.split('\n').length))}
      spellCheck={false}
      value={text}
      aria-describedby={props.describedBy}
      aria-invalid={props.invalid}
      onChange={event => {
        setText(event.target.value);
        props.onChange(parse(event.target.value));
      }}
    />
  );
}

/** A number, or the text itself where it is none: the check then says so. */
function parseNumber(text: string): unknown {
  const trimmed = text.trim();
  return trimmed === '' ? undefined : Number.isFinite(Number(trimmed)) ? Number(trimmed) : text;
}

function parseLines(text: string, read: (line: string) => unknown): unknown[] | undefined {
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line)
    .map(read);
  return lines.length ? lines : undefined;
}

function asText(value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
