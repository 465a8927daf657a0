import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, InputGroup, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Debouncer } from '@lumino/polling';
import * as React from 'react';
import type { SmextError } from '../api/client';
import type { TrainingJobStatus, TrainingJobSummary } from '../api/types';
import { ErrorView } from '../common/errorView';
import { formatDuration, formatRelative, formatTime } from '../common/format';
import { type IColumn, Listing } from '../common/listing';
import { Name } from '../common/name';
import { EmptyView, LoadingView } from '../common/stateView';
import { jobStatus, Status } from '../common/status';
import { CommandIDs } from './commands';
import { jobIcon } from './icon';
import { isRunning, type JobsModel } from './model';

/** Milliseconds without a key before a filter takes effect. */
const FILTER_DELAY = 300;

/** Statuses that the list can be narrowed to. */
const STATUSES: readonly TrainingJobStatus[] = [
  'InProgress',
  'Completed',
  'Failed',
  'Stopping',
  'Stopped'
];

export interface IJobsListProps {
  model: JobsModel;
  /** Why there is nobody to ask; left out where something else says so. */
  problem?: SmextError | null;
  commands: CommandRegistry;
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
  trans: TranslationBundle;
}

/** Training jobs, newest first, with a filter. */
export function JobsList(props: IJobsListProps): JSX.Element {
  return <UseSignal signal={props.model.changed}>{() => <List {...props} />}</UseSignal>;
}

function List(props: IJobsListProps): JSX.Element {
  const { model, trans, commands } = props;
  // What is typed and not yet in the filter.
  const [typed, setTyped] = React.useState<string | null>(null);
  const filter = React.useMemo(
    () =>
      new Debouncer<void, void, [string]>(nameContains => {
        setTyped(null);
        model.filter = { ...model.filter, nameContains };
      }, FILTER_DELAY),
    [model]
  );
  React.useEffect(() => () => filter.dispose(), [filter]);
  return (
    <>
      <div className="jp-smext-Filter">
        <InputGroup
          className="jp-smext-Filter-text"
          type="search"
          rightIcon="ui-components:search"
          placeholder={trans.__('Filter')}
          aria-label={trans.__('Filter jobs by name')}
          value={typed ?? model.filter.nameContains}
          onChange={event => {
            setTyped(event.target.value);
            void filter.invoke(event.target.value.trim());
          }}
        />
        <HTMLSelect
          className="jp-smext-Filter-status"
          aria-label={trans.__('Filter jobs by status')}
          value={model.filter.status ?? ''}
          onChange={event =>
            (model.filter = {
              ...model.filter,
              status: (event.target.value || null) as TrainingJobStatus | null
            })
          }
        >
          <option value="">{trans.__('All')}</option>
          {STATUSES.map(status => (
            <option key={status} value={status}>
              {jobStatus(status, trans).word}
            </option>
          ))}
        </HTMLSelect>
      </div>
      {model.error && model.rows.length > 0 && (
        <ErrorView error={model.error} trans={trans} onRetry={() => void model.refresh()} />
      )}
      <Listing
        label={trans.__('Training jobs')}
        rows={model.rows}
        columns={columns(trans)}
        keyOf={job => model.keyOf(job)}
        nameOf={job => model.keyOf(job)}
        dataOf={job => ({
          job: job.training_job_name,
          status: job.training_job_status
        })}
        selected={props.selected}
        onSelect={props.onSelect}
        onOpen={job =>
          void commands.execute(CommandIDs.open, { training_job_name: job.training_job_name })
        }
        onMore={model.hasMore ? () => void model.loadMore() : undefined}
        place={`${model.filter.nameContains}/${model.filter.status}`}
        placeholder={<Placeholder {...props} />}
        trans={trans}
      />
    </>
  );
}

/** What is shown where there are no jobs, and why. */
function Placeholder(props: IJobsListProps): JSX.Element {
  const { model, commands, problem, trans } = props;
  if (problem) {
    return <ErrorView error={problem} trans={trans} />;
  }
  if (model.error) {
    return <ErrorView error={model.error} trans={trans} onRetry={() => void model.refresh()} />;
  }
  if (model.loading) {
    return <LoadingView trans={trans} />;
  }
  if (model.filter.nameContains || model.filter.status) {
    return (
      <EmptyView
        title={trans.__('No job matches')}
        hint={trans.__('The filter looks at all jobs of this account and region.')}
      />
    );
  }
  return (
    <EmptyView
      icon={jobIcon}
      title={trans.__('No training jobs yet')}
      hint={trans.__('An Estimator describes a job: your script, its data and what it runs on.')}
    >
      {commands.hasCommand('smext:estimator-new') && (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button"
          onClick={() => void commands.execute('smext:estimator-new')}
        >
          {trans.__('New Estimator')}
        </button>
      )}
    </EmptyView>
  );
}

function columns(trans: TranslationBundle): IColumn<TrainingJobSummary>[] {
  return [
    {
      id: 'name',
      label: trans.__('Name'),
      track: 'minmax(0, 1fr)',
      render: job => <Name name={job.training_job_name} />
    },
    {
      id: 'status',
      label: trans.__('Status'),
      track: '112px',
      render: job => (
        <Status
          {...jobStatus(job.training_job_status, trans)}
          title={job.secondary_status ?? undefined}
        />
      )
    },
    {
      id: 'created',
      label: trans.__('Created'),
      track: '104px',
      hideBelow: 380,
      render: job => (
        <span className="jp-smext-Ellipsis" title={formatTime(job.creation_time)}>
          {formatRelative(job.creation_time)}
        </span>
      )
    },
    {
      id: 'duration',
      label: trans.__('Duration'),
      track: '96px',
      hideBelow: 520,
      align: 'end',
      render: job => duration(job)
    }
  ];
}

/** From creation to the end, or to now. */
function duration(job: TrainingJobSummary): string {
  const end = job.training_end_time ?? (isRunning(job) ? new Date().toISOString() : null);
  return end ? formatDuration((Date.parse(end) - Date.parse(job.creation_time)) / 1000) : '';
}
