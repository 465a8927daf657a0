import type { ApiClient } from '../api/client';
import type {
  LogPage,
  MetricsResult,
  TrainingJob,
  TrainingJobPage,
  TrainingJobStatus
} from '../api/types';

/** Which jobs to list. */
export interface IJobsFilter {
  nameContains: string;
  status: TrainingJobStatus | null;
}

/** Training jobs over HTTP. Every method throws a SmextError. */
export class JobsService {
  constructor(private readonly _api: ApiClient) {}

  list(
    filter: IJobsFilter,
    nextToken: string | null,
    signal?: AbortSignal
  ): Promise<TrainingJobPage> {
    return this._api.call(
      this._api.poll.GET('/jupyter-smext/api/jobs', {
        params: {
          query: {
            name_contains: filter.nameContains || undefined,
            status_equals: filter.status ?? undefined,
            next_token: nextToken ?? undefined
          }
        },
        signal
      })
    );
  }

  describe(name: string): Promise<TrainingJob> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/jobs/describe', { body: { training_job_name: name } })
    );
  }

  /**
   * Log lines after `cursor`, from the start where it is null.
   *
   * The server holds the answer for up to `waitSeconds` until there is a line.
   */
  logs(
    name: string,
    cursor: string | null,
    waitSeconds: number,
    signal: AbortSignal
  ): Promise<LogPage> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/jobs/logs', {
        body: {
          training_job_name: name,
          stream: null,
          cursor,
          limit: 10_000,
          wait_seconds: waitSeconds
        },
        signal
      })
    );
  }

  /** Values of all metrics after `cursor`, all values where it is null. */
  metrics(name: string, cursor: string | null): Promise<MetricsResult> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/jobs/metrics', {
        body: { training_job_name: name, cursor }
      })
    );
  }

  stop(name: string): Promise<TrainingJob> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/jobs/stop', { body: { training_job_name: name } })
    );
  }
}
