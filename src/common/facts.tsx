import * as React from 'react';

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

/** ARNs and URIs break where a part of them ends, rather than in the middle of a word. */
function breakable(text: string): React.ReactNode {
  const parts = text.match(/[^:/]+[:/]*|[:/]+/g) ?? [];
  return parts.flatMap((part, index) => (index === 0 ? [part] : [<wbr key={index} />, part]));
}
