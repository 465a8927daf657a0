import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { SmextError } from '../api/client';
import type { TrainingJobStatus, TrainingJobSummary } from '../api/types';
import { Button } from '../common/button';
import { formatDuration, formatRelative, formatTime } from '../common/format';
import type { IColumn } from '../common/listing';
import type { ISelection } from '../common/listSection';
import { Name } from '../common/name';
import { NameField } from '../common/nameField';
import { PagedListing } from '../common/pagedListing';
import { EmptyView } from '../common/stateView';
import { jobStatus, Status } from '../common/status';
import { CommandIDs } from './commands';
import { jobIcon } from './icon';
import { isRunning, type JobsModel } from './model';

/** Statuses that the list can be narrowed to. */
const STATUSES: readonly TrainingJobStatus[] = [
  'InProgress',
  'Completed',
  'Failed',
  'Stopping',
  'Stopped'
];

export interface IJobsListProps extends ISelection {
  model: JobsModel;
  /** Why there is nobody to ask; left out where something else says so. */
  problem?: SmextError | null;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** Training jobs, newest first, with a filter. */
export function JobsList(props: IJobsListProps): JSX.Element {
  return <UseSignal signal={props.model.changed}>{() => <List {...props} />}</UseSignal>;
}

function List(props: IJobsListProps): JSX.Element {
  const { model, trans, commands } = props;
  const { filter } = model;
  return (
    <>
      <div className="jp-smext-Filter">
        <NameField
          label={trans.__('Filter jobs by name')}
          value={filter.nameContains}
          onChange={nameContains => (model.filter = { ...model.filter, nameContains })}
          trans={trans}
        />
        <HTMLSelect
          className="jp-smext-Filter-status"
          aria-label={trans.__('Filter jobs by status')}
          value={filter.status ?? ''}
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
      <PagedListing
        label={trans.__('Training jobs')}
        model={model}
        problem={props.problem}
        columns={columns(trans)}
        nameOf={job => job.training_job_name}
        dataOf={job => ({
          job: job.training_job_name,
          status: job.training_job_status
        })}
        selected={props.selected}
        onSelect={props.onSelect}
        onOpen={job =>
          void commands.execute(CommandIDs.open, { training_job_name: job.training_job_name })
        }
        place={`${filter.nameContains}/${filter.status}`}
        empty={<Empty {...props} />}
        trans={trans}
      />
    </>
  );
}

function Empty(props: IJobsListProps): JSX.Element {
  const { model, commands, trans } = props;
  if (model.filter.nameContains || model.filter.status) {
    return (
      <EmptyView
        title={trans.__('No job matches')}
        hint={trans.__('The filter looks at all jobs of this account and region.')}
      >
        <Button
          label={trans.__('Clear the filter')}
          onClick={() => (model.filter = { nameContains: '', status: null })}
        />
      </EmptyView>
    );
  }
  return (
    <EmptyView
      icon={jobIcon}
      title={trans.__('No training jobs yet')}
      hint={trans.__('An Estimator describes a job: your script, its data and what it runs on.')}
    >
      {commands.hasCommand('smext:estimator-new') && (
        <Button
          primary
          label={trans.__('New Estimator')}
          onClick={() => void commands.execute('smext:estimator-new')}
        />
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
