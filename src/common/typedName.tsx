import * as React from 'react';

/** An input of a dialog in which a name has to be typed before the dialog can be accepted. */
export function TypedName(props: { id: string; name: string; label: string }): React.ReactElement {
  const { id, name, label } = props;
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        className="jp-mod-styled"
        pattern={name}
        title={name}
        placeholder={name}
        required
        spellCheck={false}
        autoComplete="off"
      />
    </>
  );
}
