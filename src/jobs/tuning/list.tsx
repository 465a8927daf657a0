import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { TuningJobStatus, TuningJobSummary } from '../../api/types';
import { Button } from '../../common/button';
import { formatRelative, formatTime, formatValue } from '../../common/format';
import type { IColumn } from '../../common/listing';
import type { ISelection } from '../../common/listSection';
import { Name } from '../../common/name';
import { NameField } from '../../common/nameField';
import { PagedListing } from '../../common/pagedListing';
import { EmptyView } from '../../common/stateView';
import { Status } from '../../common/status';
import type { BestObjectives } from './bestObjectives';
import { CommandIDs } from './commands';
import { tuningIcon } from './icon';
import type { TuningJobsModel } from './model';
import { countsOf, countWords, endedCount, tuningStatus } from './status';

/** Statuses that the list can be narrowed to. */
const STATUSES: readonly TuningJobStatus[] = [
  'InProgress',
  'Completed',
  'Failed',
  'Stopping',
  'Stopped'
];

export interface ITuningListProps extends ISelection {
  model: TuningJobsModel;
  bests: BestObjectives;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** Tuning jobs, newest first, with a filter. */
export function TuningList(props: ITuningListProps): JSX.Element {
  return (
    <UseSignal signal={props.model.changed}>
      {() => <UseSignal signal={props.bests.changed}>{() => <List {...props} />}</UseSignal>}
    </UseSignal>
  );
}

function List(props: ITuningListProps): JSX.Element {
  const { model, bests, trans, commands } = props;
  const { filter } = model;
  return (
    <>
      <div className="jp-smext-Filter">
        <NameField
          label={trans.__('Filter tuning jobs by name')}
          value={filter.nameContains}
          onChange={nameContains => (model.filter = { ...model.filter, nameContains })}
          trans={trans}
        />
        <HTMLSelect
          className="jp-smext-Filter-status"
          aria-label={trans.__('Filter tuning jobs by status')}
          value={filter.status ?? ''}
          onChange={event =>
            (model.filter = {
              ...model.filter,
              status: (event.target.value || null) as TuningJobStatus | null
            })
          }
        >
          <option value="">{trans.__('All')}</option>
          {STATUSES.map(status => (
            <option key={status} value={status}>
              {tuningStatus(status, trans).word}
            </option>
          ))}
        </HTMLSelect>
      </div>
      <PagedListing
        label={trans.__('Tuning jobs')}
        model={model}
        columns={columns(bests, trans)}
        nameOf={job => job.hyper_parameter_tuning_job_name}
        dataOf={job => ({
          tuning: job.hyper_parameter_tuning_job_name,
          status: job.hyper_parameter_tuning_job_status
        })}
        selected={props.selected}
        onSelect={props.onSelect}
        onOpen={({ hyper_parameter_tuning_job_name }) =>
          void commands.execute(CommandIDs.open, { hyper_parameter_tuning_job_name })
        }
        place={`${filter.nameContains}/${filter.status}`}
        empty={<Empty {...props} />}
        trans={trans}
      />
    </>
  );
}

function Empty(props: ITuningListProps): JSX.Element {
  const { model, commands, trans } = props;
  if (model.filter.nameContains || model.filter.status) {
    return (
      <EmptyView
        title={trans.__('No tuning job matches')}
        hint={trans.__('The filter looks at all tuning jobs of this account and region.')}
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
      icon={tuningIcon}
      title={trans.__('No tuning jobs yet')}
      hint={trans.__(
        'An Estimator of the kind HyperParameterTuningJob tries values for its hyperparameters and keeps the best.'
      )}
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

function columns(bests: BestObjectives, trans: TranslationBundle): IColumn<TuningJobSummary>[] {
  return [
    {
      id: 'name',
      label: trans.__('Name'),
      track: 'minmax(0, 1fr)',
      render: job => <Name name={job.hyper_parameter_tuning_job_name} />
    },
    {
      id: 'status',
      label: trans.__('Status'),
      track: '108px',
      render: job => (
        <Status
          {...tuningStatus(job.hyper_parameter_tuning_job_status, trans)}
          title={countWords(countsOf(job.training_job_status_counters), trans) || undefined}
        />
      )
    },
    {
      id: 'trials',
      label: trans.__('Jobs'),
      track: '56px',
      hideBelow: 270,
      align: 'end',
      render: job => {
        const counts = countsOf(job.training_job_status_counters);
        const most = job.max_number_of_training_jobs;
        const ended = endedCount(counts);
        return (
          <span title={countWords(counts, trans)}>{most ? `${ended}/${most}` : String(ended)}</span>
        );
      }
    },
    {
      id: 'best',
      label: trans.__('Best'),
      track: '76px',
      hideBelow: 380,
      align: 'end',
      render: job => formatValue(bests.of(job))
    },
    {
      id: 'created',
      label: trans.__('Created'),
      track: '104px',
      hideBelow: 480,
      render: job => (
        <span className="jp-smext-Ellipsis" title={formatTime(job.creation_time)}>
          {formatRelative(job.creation_time)}
        </span>
      )
    }
  ];
}
