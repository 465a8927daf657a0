import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { HyperParameterTuningJob, TuningCost } from '../../api/types';
import { formatDollars, formatDuration, formatNumber, formatTime } from '../../common/format';
import { HeadName } from '../../common/headName';
import { Status } from '../../common/status';
import { useNow } from '../useNow';
import { isTuning } from './model';
import { countsOf, countWords, endedCount, tuningStatus } from './status';
import { objectiveOf } from './trials';
import type { ITuningJobViewProps } from './tuningJobView';

/** What stands above everything else: which tuning job, how far it is, and what it costs. */
export function Head(props: ITuningJobViewProps & { job: HyperParameterTuningJob }): JSX.Element {
  const { model, job, trans } = props;
  const name = job.hyper_parameter_tuning_job_name;
  return (
    <div className="jp-smext-Head">
      <div className="jp-smext-Head-row">
        <HeadName name={name} trans={trans} />
        {isTuning(job) && (
          <span className="jp-smext-Head-actions">
            <button
              type="button"
              className="jp-Button jp-mod-styled jp-mod-warn jp-smext-Button"
              disabled={model.stopping}
              onClick={props.onStop}
            >
              {model.stopping ? trans.__('Stopping…') : trans.__('Stop…')}
            </button>
          </span>
        )}
      </div>
      <Progress job={job} trans={trans} />
      <Facts {...props} />
    </div>
  );
}

/** Status and counts in words, and the same as a bar. */
function Progress(props: { job: HyperParameterTuningJob; trans: TranslationBundle }): JSX.Element {
  const { job, trans } = props;
  const counts = countsOf(job.training_job_status_counters);
  const ended = endedCount(counts);
  const words = countWords(counts, trans);
  const most = job.max_number_of_training_jobs;
  const total = Math.max(most ?? 0, ended + counts.running, 1);
  const parts = [
    ['good', counts.completed],
    ['bad', counts.failed],
    ['stopped', counts.stopped],
    ['running', counts.running]
  ] as const;
  return (
    <>
      <div className="jp-smext-Head-row" role="status">
        <Status {...tuningStatus(job.hyper_parameter_tuning_job_status, trans)} />
        <span className="jp-smext-Head-detail">
          {most
            ? trans.__('%1 of %2 training jobs', words || '0', formatNumber(most))
            : words || trans.__('No training jobs yet')}
        </span>
      </div>
      <div
        className="jp-smext-TuningProgress"
        role="progressbar"
        aria-label={trans.__('Training jobs that have ended')}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={ended}
        aria-valuetext={words || '0'}
      >
        {parts.map(
          ([kind, count]) =>
            count > 0 && (
              <div key={kind} data-status={kind} style={{ width: `${(count / total) * 100}%` }} />
            )
        )}
      </div>
    </>
  );
}

function Facts(props: ITuningJobViewProps & { job: HyperParameterTuningJob }): JSX.Element {
  const { model, job, trans } = props;
  const now = useNow(isTuning(job));
  const end = job.hyper_parameter_tuning_end_time
    ? Date.parse(job.hyper_parameter_tuning_end_time)
    : isTuning(job)
      ? now
      : null;
  const objective = objectiveOf(job);
  const facts: [string, React.ReactNode][] = [
    [
      trans.__('Objective'),
      objective && `${objectiveWord(objective.type, trans)} ${objective.metric_name}`
    ],
    [trans.__('Strategy'), job.strategy],
    [
      trans.__('Elapsed'),
      end === null ? null : formatDuration((end - Date.parse(job.creation_time)) / 1000)
    ],
    [trans.__('Billable'), model.cost && formatDuration(model.cost.billable_seconds)],
    [
      isTuning(job) ? trans.__('Cost so far') : trans.__('Cost'),
      model.cost && costWords(model.cost, model.isSandbox, trans)
    ],
    [trans.__('Created'), formatTime(job.creation_time)],
    [
      trans.__('Learned from'),
      job.parents.length > 0 &&
        job.parents.map((parent, index) => (
          <React.Fragment key={parent}>
            {index > 0 && ', '}
            <button
              type="button"
              className="jp-smext-Link"
              onClick={() => props.onOpenTuningJob(parent)}
            >
              {parent}
            </button>
          </React.Fragment>
        ))
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

/** What is done to the metric. */
export function objectiveWord(type: 'Maximize' | 'Minimize', trans: TranslationBundle): string {
  return type === 'Maximize' ? trans.__('Maximize') : trans.__('Minimize');
}

function costWords(cost: TuningCost, isSandbox: boolean, trans: TranslationBundle): string {
  if (cost.usd_so_far === null) {
    return trans.__('unknown: no price is known for %1', cost.unpriced.join(', '));
  }
  const dollars = formatDollars(cost.usd_so_far);
  const words = cost.at_most ? trans.__('at most %1', dollars) : dollars;
  return isSandbox ? trans.__('%1 at AWS; the sandbox bills nothing', words) : words;
}
