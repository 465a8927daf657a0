import * as React from 'react';
import type { ApplyPlan } from '../api/types';

const MARKS = { same: ' ', added: '+', removed: '-' };

/** Lines that come and go; the mark at the start of a line says the same as its colour. */
export function DiffView(props: { lines: ApplyPlan['diff']; label: string }): JSX.Element {
  return (
    <pre className="jp-smext-Diff" tabIndex={0} aria-label={props.label}>
      {props.lines.map((line, index) => (
        <span key={index} data-change={line.change}>
          {`${MARKS[line.change]} ${line.text}\n`}
        </span>
      ))}
    </pre>
  );
}
