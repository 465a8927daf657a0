import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, HTMLSelect, InputGroup, ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Debouncer } from '@lumino/polling';
import * as React from 'react';
import type { TrainingJobStatus, TrainingJobSummary } from '../api/types';
import { ErrorView } from '../common/errorView';
import { formatDuration, formatRelative, formatTime } from '../common/format';
import { type IColumn, Listing } from '../common/listing';
import { Name } from '../common/name';
import { Section } from '../common/section';
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

/** The training section of the panel: all jobs of the account and region, newest first. */
export class JobsSection extends Section {
  constructor(options: JobsSection.IOptions) {
    const list = new JobsList(options);
    super({
      id: 'jp-smext-jobs',
      className: 'jp-smext-Jobs',
      label: options.trans.__('Training'),
      commands: options.commands,
      tools: [{ id: 'smext:estimator-new', icon: addIcon }, { id: CommandIDs.refresh }],
      content: list,
      focus: '[role="grid"]',
      onShow: options.onShow
    });
    this._list = list;
  }

  /** Names of the selected jobs. */
  get selected(): readonly string[] {
    return [...this._list.selected];
  }

  private readonly _list: JobsList;
}

export namespace JobsSection {
  export interface IOptions {
    model: JobsModel;
    /** The section can be seen from now on. */
    onShow: () => void;
    commands: CommandRegistry;
    trans: TranslationBundle;
  }
}

class JobsList extends ReactWidget {
  constructor(private readonly _options: JobsSection.IOptions) {
    super();
    const { model } = _options;
    this._filter = new Debouncer((nameContains: string) => {
      this._typed = null;
      model.filter = { ...model.filter, nameContains };
    }, FILTER_DELAY);
  }

  selected: ReadonlySet<string> = new Set();

  dispose(): void {
    this._filter.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const { model, trans, commands } = this._options;
    const open = (name: string) =>
      void commands.execute(CommandIDs.open, { training_job_name: name });
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <>
            <div className="jp-smext-Filter">
              <InputGroup
                className="jp-smext-Filter-text"
                type="search"
                rightIcon="ui-components:search"
                placeholder={trans.__('Filter')}
                aria-label={trans.__('Filter jobs by name')}
                value={this._typed ?? model.filter.nameContains}
                onChange={event => {
                  this._typed = event.target.value;
                  this.update();
                  void this._filter.invoke(event.target.value.trim());
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
              selected={this.selected}
              onSelect={selected => {
                this.selected = selected;
                this.update();
              }}
              onOpen={job => open(job.training_job_name)}
              onMore={model.hasMore ? () => void model.loadMore() : undefined}
              place={`${model.filter.nameContains}/${model.filter.status}`}
              placeholder={<Placeholder {...this._options} />}
              trans={trans}
            />
          </>
        )}
      </UseSignal>
    );
  }

  private readonly _filter: Debouncer<void, void, [string]>;
  /** What is typed and not yet in the filter. */
  private _typed: string | null = null;
}

/** What is shown where there are no jobs, and why. */
function Placeholder(props: JobsSection.IOptions): JSX.Element {
  const { model, commands, trans } = props;
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
