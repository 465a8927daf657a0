import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { HyperParameterTuningJob, Trial } from '../../api/types';
import { formatDuration, formatRelative, formatTime, formatValue } from '../../common/format';
import { type IColumn, type ISort, Listing } from '../../common/listing';
import { EmptyView } from '../../common/stateView';
import { jobStatus, Status } from '../../common/status';
import { useNow } from '../useNow';
import { isTuning } from './model';
import {
  HYPERPARAMETER,
  isBest,
  objectiveOf,
  secondsOf,
  shortName,
  sortTrials,
  tunedNames
} from './trials';

/** Widths in pixels, by which columns make room for those before them. */
const FIXED = 340;
const TUNED = 96;
const STARTED = 112;
const DURATION = 96;
const FAILURE = 160;

/** Every training job of a tuning job, sorted by any column. */
export function TrialsTable(props: {
  job: HyperParameterTuningJob;
  trials: readonly Trial[];
  /** Name of the one that was chosen. */
  chosen: string | null;
  onChoose: (name: string | null) => void;
  onOpen: (name: string) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { job, trials, chosen, trans } = props;
  const now = useNow(trials.some(each => each.training_start_time && !each.training_end_time));
  const bestFirst: ISort = {
    column: 'objective',
    descending: objectiveOf(job)?.type !== 'Minimize'
  };
  const [sort, setSort] = React.useState(bestFirst);
  return (
    <Listing
      label={trans.__('Training jobs of the tuning job')}
      rows={sortTrials(trials, sort, now)}
      columns={columns(job, trials, now, trans)}
      keyOf={trial => trial.training_job_name}
      nameOf={trial => trial.training_job_name}
      dataOf={trial => ({ job: trial.training_job_name, status: trial.training_job_status })}
      selected={new Set(chosen ? [chosen] : [])}
      onSelect={names => props.onChoose([...names].pop() ?? null)}
      onOpen={trial => props.onOpen(trial.training_job_name)}
      sort={sort}
      onSort={column =>
        setSort(
          column === sort.column
            ? { column, descending: !sort.descending }
            : column === 'objective'
              ? bestFirst
              : { column, descending: false }
        )
      }
      placeholder={
        <EmptyView
          title={trans.__('No training jobs yet')}
          hint={isTuning(job) ? trans.__('They appear as soon as they are started.') : undefined}
        />
      }
      trans={trans}
    />
  );
}

function columns(
  job: HyperParameterTuningJob,
  trials: readonly Trial[],
  now: number,
  trans: TranslationBundle
): IColumn<Trial>[] {
  const names = tunedNames(job, trials);
  const tuned = FIXED + names.length * TUNED;
  return [
    {
      id: 'name',
      label: trans.__('Name'),
      track: 'minmax(72px, 1.2fr)',
      sortable: true,
      render: trial => <span className="jp-smext-Ellipsis">{shortName(job, trial)}</span>
    },
    {
      id: 'status',
      label: trans.__('Status'),
      track: '112px',
      sortable: true,
      render: trial => <Status {...jobStatus(trial.training_job_status, trans)} />
    },
    {
      id: 'objective',
      label: objectiveOf(job)?.metric_name ?? trans.__('Objective'),
      track: '132px',
      align: 'end',
      sortable: true,
      render: trial => (
        <>
          {isBest(job, trial) && (
            <span className="jp-smext-BestMark">
              <checkIcon.react tag="span" aria-hidden="true" />
              {trans.__('Best')}
            </span>
          )}
          <span title={trial.objective === null ? undefined : String(trial.objective)}>
            {formatValue(trial.objective)}
          </span>
        </>
      )
    },
    ...names.map((name, index): IColumn<Trial> => ({
      id: HYPERPARAMETER + name,
      label: name,
      track: 'minmax(72px, 1fr)',
      align: 'end',
      hideBelow: FIXED + (index + 1) * TUNED,
      sortable: true,
      render: trial => {
        const value = trial.tuned_hyperparameters?.[name];
        return (
          <span className="jp-smext-Ellipsis" title={value}>
            {value === undefined ? '–' : shortValue(value)}
          </span>
        );
      }
    })),
    {
      id: 'duration',
      label: trans.__('Duration'),
      track: `${DURATION}px`,
      align: 'end',
      hideBelow: tuned + DURATION,
      sortable: true,
      render: trial => {
        const seconds = secondsOf(trial, now);
        return seconds === null ? '–' : formatDuration(seconds);
      }
    },
    {
      id: 'started',
      label: trans.__('Started'),
      track: `${STARTED}px`,
      hideBelow: tuned + DURATION + STARTED,
      sortable: true,
      render: trial =>
        trial.training_start_time && (
          <span className="jp-smext-Ellipsis" title={formatTime(trial.training_start_time)}>
            {formatRelative(trial.training_start_time)}
          </span>
        )
    },
    ...(trials.some(each => each.failure_reason)
      ? [
          {
            id: 'failure',
            label: trans.__('Failure'),
            track: `minmax(${FAILURE}px, 1.5fr)`,
            hideBelow: tuned + DURATION + STARTED + FAILURE,
            sortable: true,
            render: (trial: Trial) => (
              <span className="jp-smext-Ellipsis" title={trial.failure_reason ?? undefined}>
                {trial.failure_reason}
              </span>
            )
          }
        ]
      : [])
  ];
}

/** A number with so many digits as there is room for; the tooltip has all of them. */
function shortValue(value: string): string {
  const number = Number(value);
  return value.length > 8 && Number.isFinite(number)
    ? String(Number(number.toPrecision(4)))
    : value;
}
