import type { TrainingJobSummary } from '../api/types';
import { canBeInName } from '../common/nameFilter';
import { type IPage, PagedList } from '../common/pagedList';
import type { IJobsFilter, JobsService } from './service';

/** Whether a job changes by itself. */
export function isRunning(job: { training_job_status: string }): boolean {
  return job.training_job_status === 'InProgress' || job.training_job_status === 'Stopping';
}

/** The training jobs of the account and region. */
export class JobsModel extends PagedList<TrainingJobSummary> {
  constructor(
    private readonly _service: JobsService,
    options: Omit<PagedList.IOptions, 'name'>,
    private _filter: IJobsFilter = { nameContains: '', status: null }
  ) {
    super({ ...options, name: 'jupyter-smext:jobs' });
    options.smext.events.job.connect(this.refreshIfRead, this);
  }

  get filter(): IJobsFilter {
    return this._filter;
  }

  /** Show other jobs. */
  set filter(filter: IJobsFilter) {
    if (
      filter.nameContains !== this._filter.nameContains ||
      filter.status !== this._filter.status
    ) {
      this._filter = filter;
      this.restart();
    }
  }

  keyOf(job: TrainingJobSummary): string {
    return job.training_job_name;
  }

  protected isBusy(job: TrainingJobSummary): boolean {
    return isRunning(job);
  }

  protected async readPage(nextToken: string | null): Promise<IPage<TrainingJobSummary>> {
    if (!canBeInName(this._filter.nameContains)) {
      return { rows: [], nextToken: null };
    }
    const page = await this._service.list(this._filter, nextToken);
    return { rows: page.training_jobs, nextToken: page.next_token };
  }

  protected async readRow(job: TrainingJobSummary): Promise<TrainingJobSummary> {
    const { training_job_status, secondary_status, training_end_time } =
      await this._service.describe(job.training_job_name);
    return { ...job, training_job_status, secondary_status, training_end_time };
  }
}
