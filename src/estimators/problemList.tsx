import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { PreflightFinding, PreflightResult, Problem } from '../api/types';
import { formatNumber } from '../common/format';
import { EmptyView } from '../common/stateView';
import { type IStatus, Status } from '../common/status';

/** A place in the spec that something is said about. */
export type IPlace = Pick<Problem, 'path'> & Partial<Pick<Problem, 'line' | 'column'>>;

/** What is wrong with the text; each leads to its place. */
export function ProblemList(props: {
  problems: readonly Problem[];
  trans: TranslationBundle;
  onShow: (place: IPlace) => void;
}): JSX.Element {
  const { trans } = props;
  return (
    <ul className="jp-smext-Problems" aria-label={trans.__('Problems')}>
      {props.problems.map((problem, index) => (
        <li key={index}>
          <button type="button" className="jp-smext-Problem" onClick={() => props.onShow(problem)}>
            <span className="jp-smext-Problem-place">
              {problem.path || trans.__('File')}
              {problem.line !== null && ` ${trans.__('(line %1)', problem.line)}`}
            </span>
            <span>
              {problem.message}{' '}
              {problem.suggestion && trans.__('Did you mean %1?', problem.suggestion)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** What a preflight found; what can be put right by itself has a button for it. */
export function FindingList(props: {
  result: PreflightResult;
  trans: TranslationBundle;
  onShow: (place: IPlace) => void;
  onFix: (finding: PreflightFinding) => void;
}): JSX.Element {
  const { trans, result } = props;
  if (result.findings.length === 0) {
    return (
      <EmptyView
        title={trans.__('Nothing found that would make this fail')}
        hint={trans.__('The check took %1 s.', formatNumber(result.seconds, 1))}
      />
    );
  }
  return (
    <ul className="jp-smext-Problems" aria-label={trans.__('Findings of the check')}>
      {result.findings.map((finding, index) => (
        <li key={index} className="jp-smext-PreflightFinding" data-code={finding.code}>
          <Status {...levelStatus(finding, trans)} title={finding.code} />
          <button type="button" className="jp-smext-Problem" onClick={() => props.onShow(finding)}>
            <span className="jp-smext-Problem-path">{finding.path || trans.__('File')}</span>
            <span>{finding.message}</span>
            {finding.fix && <span className="jp-smext-PreflightFinding-fix">{finding.fix}</span>}
          </button>
          {finding.patch && (
            <button
              type="button"
              className="jp-Button jp-mod-styled jp-mod-reject jp-smext-Button"
              onClick={() => props.onFix(finding)}
            >
              {trans.__('Fix it')}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

function levelStatus(finding: PreflightFinding, trans: TranslationBundle): IStatus {
  switch (finding.level) {
    case 'error':
      return { kind: 'bad', word: trans.__('Error') };
    case 'warning':
      return { kind: 'stopped', word: trans.__('Warning') };
    case 'unknown':
      return { kind: 'unknown', word: trans.__('Not known') };
  }
}
