import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { Evidence, PreflightCheck, ProbePlan } from '../api/types';
import { Button } from '../common/button';
import { formatTime } from '../common/format';
import { Status } from '../common/status';
import { openOf, verdictOf } from './words';

/** The answer to one permission and what it rests on. */
export function CheckView(props: { check: PreflightCheck; trans: TranslationBundle }): JSX.Element {
  const { check, trans } = props;
  return (
    <div className="jp-smext-Check">
      <Status {...answerOf(check, trans)} />
      {check.from_here_only && (
        <p className="jp-smext-Iam-text">
          {trans.__('Proved by a call from this network; a job may run in another.')}
        </p>
      )}
      {check.evidence.length > 0 && (
        <ul className="jp-smext-Iam-list">
          {check.evidence.map((each, index) => (
            <li key={index} title={formatTime(each.at)}>
              <strong>{sourceOf(each.source, trans)}</strong> {verdictOf(each.answer, trans).word}.{' '}
              {each.detail}
            </li>
          ))}
        </ul>
      )}
      {check.answer === 'unknown' && check.would_decide.length > 0 && (
        <p className="jp-smext-Iam-text">
          {trans.__(
            'Would decide: %1',
            check.would_decide.map(cause => openOf(cause, trans)).join('; ')
          )}
        </p>
      )}
    </div>
  );
}

/** The answer as a status; what is likely only is said to be so. */
export function answerOf(check: PreflightCheck, trans: TranslationBundle) {
  const { answer, as_far_as_seen } = check;
  if (answer !== 'unknown' || as_far_as_seen === 'unknown') {
    return verdictOf(answer, trans);
  }
  return {
    kind: 'unknown' as const,
    word: as_far_as_seen === 'allowed' ? trans.__('Likely allowed') : trans.__('Likely denied')
  };
}

/** The harmless calls that could tell more, before they are made. */
export function ProbesView(props: {
  plan: ProbePlan;
  busy: boolean;
  trans: TranslationBundle;
  onRun: () => void;
}): JSX.Element | null {
  const { plan, trans } = props;
  if (!plan.enabled) {
    return (
      <p className="jp-smext-Iam-text">{trans.__('Probes are switched off on this server.')}</p>
    );
  }
  if (plan.probes.length === 0) {
    return null;
  }
  return (
    <details className="jp-smext-Probes">
      <summary>
        {trans._n(
          '%1 harmless call can tell more',
          '%1 harmless calls can tell more',
          plan.probes.length
        )}
      </summary>
      <ul className="jp-smext-Iam-list">
        {plan.probes.map(probe => (
          <li key={probe.id}>
            <code>{probe.operation}</code>{' '}
            {Object.entries(probe.parameters)
              .map(([name, value]) => `${name}=${value}`)
              .join(', ')}
            <div>{trans.__('Proves: %1', probe.proves)}</div>
            <div>{probe.side_effect}</div>
          </li>
        ))}
      </ul>
      {plan.left_out > 0 && (
        <p className="jp-smext-Iam-text">
          {trans._n(
            '%1 more is left out: at most %2 run at once.',
            '%1 more are left out: at most %2 run at once.',
            plan.left_out,
            plan.limit
          )}
        </p>
      )}
      <Button label={trans.__('Make these calls')} disabled={props.busy} onClick={props.onRun} />
    </details>
  );
}

function sourceOf(source: Evidence['source'], trans: TranslationBundle): string {
  switch (source) {
    case 'probe':
      return trans.__('A call:');
    case 'simulation':
      return trans.__('AWS’s simulation:');
    case 'policies':
      return trans.__('Policies read:');
    case 'history':
      return trans.__('Seen before:');
  }
}
