import * as React from 'react';
import { useDraft } from './controls';
import { useForm } from './formContext';
import { readScalar, writeScalar } from './specText';

/** The value of an entry; unless it is plain text it is read as YAML, so that `6` is a number and `"6"` is text. */
export function ValueInput(props: {
  /** Of the entry. */
  name: string;
  value: unknown;
  plain?: boolean;
  /** What is offered; anything else can be typed. */
  choices?: readonly (string | number)[] | null;
  /** What holds as long as nothing is typed. */
  placeholder?: string;
  invalid: boolean;
  onChange: (value: unknown) => void;
}): JSX.Element {
  const { trans } = useForm();
  const { choices } = props;
  const list = React.useId();
  const read = props.plain ? (text: string): unknown => text : readScalar;
  const [text, setText] = useDraft(props.value ?? '', props.plain ? String : writeScalar, read);
  return (
    <>
      <input
        className="jp-mod-styled jp-smext-Form-input"
        type="text"
        spellCheck={false}
        autoComplete="off"
        list={choices ? list : undefined}
        placeholder={props.placeholder}
        aria-label={trans.__('Value of %1', props.name)}
        aria-invalid={props.invalid}
        value={text}
        onChange={event => {
          setText(event.target.value);
          props.onChange(read(event.target.value));
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
