import * as React from 'react';

/** A table that scrolls sideways where it is wider than its place, also by keyboard; rows are its children. */
export function StudioTable(props: {
  label: string;
  columns: readonly string[];
  children: React.ReactNode;
}): React.ReactElement {
  return (
    <div className="jp-smext-StudioScroll" tabIndex={0} role="region" aria-label={props.label}>
      <table className="jp-smext-Table">
        <thead>
          <tr>
            {props.columns.map(each => (
              <th key={each} scope="col">
                {each}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{props.children}</tbody>
      </table>
    </div>
  );
}
