import * as React from 'react';

/** Letters at the end that stay: the part in which names made by a launch differ. */
const TAIL = 7;

/** A name that is cut in its middle where there is no room for it. */
export function Name(props: { name: string }): JSX.Element {
  const { name } = props;
  return (
    <span className="jp-smext-Name" title={name}>
      <span>{name.slice(0, -TAIL)}</span>
      <span>{name.slice(-TAIL)}</span>
    </span>
  );
}
