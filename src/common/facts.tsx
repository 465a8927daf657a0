import * as React from 'react';
import { breakable } from './breakable';

/** Names with their values; what has no value is left out. */
export function Facts(props: {
  facts: readonly (readonly [name: string, value: React.ReactNode])[];
}): React.ReactElement | null {
  const known = props.facts.filter(([, value]) => Boolean(value));
  return known.length === 0 ? null : (
    <dl className="jp-smext-Facts">
      {known.map(([name, value]) => (
        <React.Fragment key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === 'string' ? breakable(value) : value}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}
