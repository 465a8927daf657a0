import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { HyperParameterTuningJob, Trial } from '../../api/types';
import { Button } from '../../common/button';
import { formatValue } from '../../common/format';
import { jobStatus, Status } from '../../common/status';
import { WhyButton } from '../../common/whyButton';
import { objectiveOf } from './trials';
import type { ITrialActions } from './tuningJobView';

/** One training job of a tuning job: what was tried, what came out, and what can be done with it. */
export function TrialCard(props: {
  job: HyperParameterTuningJob;
  trial: Trial;
  /** Why it is shown. */
  title: string;
  actions: ITrialActions;
  trans: TranslationBundle;
}): JSX.Element {
  const { job, trial, title, actions, trans } = props;
  const id = React.useId();
  const name = trial.training_job_name;
  const metric = trial.objective_metric_name ?? objectiveOf(job, trial)?.metric_name;
  return (
    <section className="jp-smext-TrialCard" aria-labelledby={id}>
      <div className="jp-smext-TrialCard-head">
        <h3 id={id}>{title}</h3>
        <button type="button" className="jp-smext-Link" onClick={() => actions.open(name)}>
          {name}
        </button>
        <Status {...jobStatus(trial.training_job_status, trans)} />
      </div>
      <dl className="jp-smext-TrialCard-values">
        {metric && (
          <div data-objective>
            <dt>{metric}</dt>
            <dd title={trial.objective === null ? undefined : String(trial.objective)}>
              {formatValue(trial.objective)}
            </dd>
          </div>
        )}
        {Object.entries(trial.tuned_hyperparameters ?? {}).map(([key, value]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <div className="jp-smext-TrialCard-actions">
        {trial.training_job_status === 'Completed' && actions.deploy && (
          <Button primary label={trans.__('Deploy…')} onClick={() => actions.deploy?.(name)} />
        )}
        <Button label={trans.__('Open job')} onClick={() => actions.open(name)} />
        <Button
          icon={copyIcon}
          label={trans.__('Copy hyperparameters')}
          onClick={() =>
            Clipboard.copyToSystem(JSON.stringify(trial.tuned_hyperparameters ?? {}, null, 2))
          }
        />
        {actions.newSpec && (
          <Button
            label={trans.__('New Estimator with these')}
            onClick={() => actions.newSpec?.(name)}
          />
        )}
      </div>
      {trial.failure_reason && (
        <div className="jp-smext-Failure">
          <pre tabIndex={0}>{trial.failure_reason}</pre>
          <WhyButton refusal={{ text: `FailureReason: ${trial.failure_reason}` }} trans={trans} />
        </div>
      )}
    </section>
  );
}
