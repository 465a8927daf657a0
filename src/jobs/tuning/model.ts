import type { TuningJobSummary } from '../../api/types';
import { canBeInName } from '../../common/nameFilter';
import { type IPage, PagedList } from '../../common/pagedList';
import type { ITuningFilter, TuningService } from './service';

/** Whether a tuning job changes by itself. */
export function isTuning(job: { hyper_parameter_tuning_job_status: string }): boolean {
  return ['InProgress', 'Stopping', 'Deleting'].includes(job.hyper_parameter_tuning_job_status);
}

/** The tuning jobs of the account and region. */
export class TuningJobsModel extends PagedList<TuningJobSummary> {
  constructor(
    private readonly _service: TuningService,
    options: Omit<PagedList.IOptions, 'name'>
  ) {
    super({ ...options, name: 'jupyter-smext:tuning-jobs' });
    options.smext.events.tuning.connect(this.refreshIfRead, this);
  }

  get filter(): ITuningFilter {
    return this._filter;
  }

  /** Show other tuning jobs. */
  set filter(filter: ITuningFilter) {
    if (
      filter.nameContains !== this._filter.nameContains ||
      filter.status !== this._filter.status
    ) {
      this._filter = filter;
      this.restart();
    }
  }

  keyOf(job: TuningJobSummary): string {
    return job.hyper_parameter_tuning_job_name;
  }

  protected isBusy(job: TuningJobSummary): boolean {
    return isTuning(job);
  }

  protected async readPage(nextToken: string | null): Promise<IPage<TuningJobSummary>> {
    if (!canBeInName(this._filter.nameContains)) {
      return { rows: [], nextToken: null };
    }
    const page = await this._service.list(this._filter, nextToken);
    return { rows: page.tuning_jobs, nextToken: page.next_token };
  }

  protected async readRow(job: TuningJobSummary): Promise<TuningJobSummary> {
    const {
      hyper_parameter_tuning_job_status,
      hyper_parameter_tuning_end_time,
      training_job_status_counters
    } = await this._service.describe(job.hyper_parameter_tuning_job_name);
    return {
      ...job,
      hyper_parameter_tuning_job_status,
      hyper_parameter_tuning_end_time,
      training_job_status_counters
    };
  }

  private _filter: ITuningFilter = { nameContains: '', status: null };
}
