import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { PlanProblem } from '../api/types';
import { ErrorView } from '../common/errorView';
import { Status } from '../common/status';

/** What stands in the way of a plan, or what to know before. */
export function Problems(props: {
  problems: readonly PlanProblem[];
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { problems, trans } = props;
  if (problems.length === 0) {
    return null;
  }
  return (
    <ul className="jp-smext-StudioProblems" aria-label={trans.__('Problems')}>
      {problems.map((problem, index) => (
        <li key={index} data-blocking={problem.blocking || undefined}>
          {problem.error ? (
            <ErrorView error={problem.error} trans={trans} />
          ) : (
            <>
              <Status
                kind={problem.blocking ? 'bad' : 'unknown'}
                word={problem.blocking ? trans.__('In the way') : trans.__('Note')}
              />
              <span>
                {problem.message} {problem.hint}
              </span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}
