import * as React from 'react';

/** Names with their values; what has no value is left out. */
export function Facts(props: {
  facts: readonly (readonly [name: string, value: React.ReactNode])[];
}): React.ReactElement {
  return (
    <dl className="jp-smext-Facts">
      {props.facts
        .filter(([, value]) => Boolean(value))
        .map(([name, value]) => (
          <React.Fragment key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </React.Fragment>
        ))}
    </dl>
  );
}
