import type { ApiClient } from '../../api/client';
import type {
  HyperParameterTuningJob,
  TrialsResult,
  TuningJobPage,
  TuningJobStatus
} from '../../api/types';

/** Which tuning jobs to list. */
export interface ITuningFilter {
  nameContains: string;
  status: TuningJobStatus | null;
}

/** Tuning jobs over HTTP. Every method throws a SmextError. */
export class TuningService {
  constructor(private readonly _api: ApiClient) {}

  list(filter: ITuningFilter, nextToken: string | null): Promise<TuningJobPage> {
    return this._api.call(
      this._api.poll.GET('/jupyter-smext/api/jobs/tuning', {
        params: {
          query: {
            name_contains: filter.nameContains || undefined,
            status_equals: filter.status ?? undefined,
            next_token: nextToken ?? undefined
          }
        }
      })
    );
  }

  describe(name: string): Promise<HyperParameterTuningJob> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/jobs/tuning/describe', {
        body: { hyper_parameter_tuning_job_name: name }
      })
    );
  }

  /** All training jobs in the order of their creation, and what they cost. */
  trials(name: string): Promise<TrialsResult> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/jobs/tuning/trials', {
        body: { hyper_parameter_tuning_job_name: name }
      })
    );
  }

  stop(name: string): Promise<HyperParameterTuningJob> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/jobs/tuning/stop', {
        body: { hyper_parameter_tuning_job_name: name }
      })
    );
  }
}
