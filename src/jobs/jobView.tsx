import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { TrainingJob } from '../api/types';
import { ErrorView } from '../common/errorView';
import { formatDuration, formatPercent, formatTime } from '../common/format';
import { HeadName } from '../common/headName';
import { LoadingView } from '../common/stateView';
import { jobStatus, Status } from '../common/status';
import { Tabs } from '../common/tabs';
import { WhyButton } from '../common/whyButton';
import { ArtifactsView } from './artifactsView';
import type { JobModel } from './jobModel';
import { LogView } from './logView';
import { MetricsView } from './metricsView';
import { isRunning } from './model';
import { instances, ParametersView } from './parametersView';
import { TimelineView } from './timelineView';
import type { IUriActions } from './uriRow';
import { useNow } from './useNow';

export interface IJobViewProps {
  model: JobModel;
  trans: TranslationBundle;
  onStop: () => void;
  /** Null where Estimators are switched off. */
  onLaunchAgain: (() => void) | null;
  /** Null where endpoints are switched off. */
  onDeploy: (() => void) | null;
  /** Opens the tuning job that started this one; null where tuning jobs are switched off. */
  onOpenTuningJob: ((name: string) => void) | null;
  actions: IUriActions;
}

/** One training job: what it does now, and everything about it. */
export function JobView(props: IJobViewProps): JSX.Element {
  return <UseSignal signal={props.model.changed}>{() => <View {...props} />}</UseSignal>;
}

function View(props: IJobViewProps): JSX.Element {
  const { model, trans, actions } = props;
  const { job } = model;
  const [tab, setTab] = React.useState('log');
  if (!job) {
    return model.error ? (
      <ErrorView error={model.error} trans={trans} onRetry={() => void model.refresh()} />
    ) : (
      <LoadingView trans={trans} />
    );
  }
  return (
    <>
      <Head {...props} job={job} />
      {model.error && (
        <ErrorView error={model.error} trans={trans} onRetry={() => void model.refresh()} />
      )}
      {job.failure_reason && (
        <section className="jp-smext-Failure" role="alert">
          <h3>{trans.__('Why it failed')}</h3>
          <pre tabIndex={0}>{job.failure_reason}</pre>
          <WhyButton refusal={{ text: `FailureReason: ${job.failure_reason}` }} trans={trans} />
        </section>
      )}
      <Tabs
        label={trans.__('Parts of the job')}
        current={tab}
        onChange={setTab}
        tabs={[
          {
            id: 'log',
            label: trans.__('Log'),
            content: () => <LogView model={model.log} running={isRunning(job)} trans={trans} />
          },
          {
            id: 'metrics',
            label: trans.__('Metrics'),
            content: () => <MetricsView model={model} trans={trans} />
          },
          {
            id: 'timeline',
            label: trans.__('Timeline'),
            content: () => <TimelineView job={job} trans={trans} />
          },
          {
            id: 'parameters',
            label: trans.__('Parameters'),
            content: () => <ParametersView job={job} actions={actions} trans={trans} />
          },
          {
            id: 'artifacts',
            label: trans.__('Artifacts'),
            content: () => (
              <ArtifactsView job={job} actions={actions} onDeploy={props.onDeploy} trans={trans} />
            )
          },
          {
            id: 'json',
            label: trans.__('JSON'),
            content: () => (
              <pre className="jp-smext-Json" tabIndex={0}>
                {JSON.stringify(job.describe, null, 2)}
              </pre>
            )
          }
        ]}
      />
    </>
  );
}

function Head(props: IJobViewProps & { job: TrainingJob }): JSX.Element {
  const { model, job, trans } = props;
  const running = isRunning(job);
  return (
    <div className="jp-smext-Head">
      <div className="jp-smext-Head-row">
        <HeadName name={job.training_job_name} trans={trans} />
        <span className="jp-smext-Head-actions">
          {!running && props.onLaunchAgain && (
            <button
              type="button"
              className="jp-Button jp-mod-styled jp-mod-reject jp-smext-Button"
              onClick={props.onLaunchAgain}
            >
              {trans.__('Launch again…')}
            </button>
          )}
          {running && (
            <button
              type="button"
              className="jp-Button jp-mod-styled jp-mod-warn jp-smext-Button"
              disabled={model.stopping}
              onClick={props.onStop}
            >
              {model.stopping ? trans.__('Stopping…') : trans.__('Stop…')}
            </button>
          )}
          {job.training_job_status === 'Completed' && job.model_artifacts && props.onDeploy && (
            <button
              type="button"
              className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button"
              onClick={props.onDeploy}
            >
              {trans.__('Deploy…')}
            </button>
          )}
        </span>
      </div>
      <div className="jp-smext-Head-row" role="status">
        <Status {...jobStatus(job.training_job_status, trans)} />
        {running && (
          <span className="jp-smext-Head-detail">
            {job.secondary_status}
            {lastMessage(job) && ` – ${lastMessage(job)}`}
          </span>
        )}
      </div>
      <Facts {...props} />
    </div>
  );
}

function Facts(props: IJobViewProps & { job: TrainingJob }): JSX.Element {
  const { job, trans } = props;
  const running = isRunning(job);
  const now = useNow(running);
  const end = job.training_end_time ? Date.parse(job.training_end_time) : running ? now : null;
  const facts: [string, React.ReactNode][] = [
    [
      trans.__('Elapsed'),
      end === null ? null : formatDuration((end - Date.parse(job.creation_time)) / 1000)
    ],
    [trans.__('Billable'), billable(job, trans)],
    [trans.__('Instances'), instances(job)],
    [trans.__('Created'), formatTime(job.creation_time)],
    [
      trans.__('Part of'),
      job.tuning_job_name && <TuningJobLink {...props} name={job.tuning_job_name} />
    ]
  ];
  return (
    <dl className="jp-smext-Head-facts">
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          )
      )}
    </dl>
  );
}

function TuningJobLink(props: IJobViewProps & { name: string }): JSX.Element {
  const { name, onOpenTuningJob, trans } = props;
  const words = trans.__('Tuning job %1', name);
  return onOpenTuningJob ? (
    <button type="button" className="jp-smext-Link" onClick={() => onOpenTuningJob(name)}>
      {words}
    </button>
  ) : (
    <>{words}</>
  );
}

/** Billable seconds, and what spot saved where it did. */
function billable(job: TrainingJob, trans: TranslationBundle): string | null {
  if (job.billable_time_in_seconds === null) {
    return null;
  }
  const text = formatDuration(job.billable_time_in_seconds);
  const trained = job.training_time_in_seconds;
  return job.enable_managed_spot_training && trained
    ? trans.__('%1 (%2 saved)', text, formatPercent(1 - job.billable_time_in_seconds / trained))
    : text;
}

function lastMessage(job: TrainingJob): string | null {
  return job.transitions[job.transitions.length - 1]?.status_message ?? null;
}
