import type { ApiClient } from '../../api/client';
import type { SyncRequest, Task } from '../../api/types';

/** Sync over HTTP. Every method throws a SmextError. */
export class SyncService {
  constructor(private readonly _api: ApiClient) {}

  /** Compare a folder with a prefix; the task's result is an `ISyncPlan`. */
  plan(request: SyncRequest): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/sync/plan', { body: request })
    );
  }

  /** Carry out a plan; the task's result is an `ITransferResult`. */
  apply(plan: string): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/sync/apply', { body: { task_id: plan } })
    );
  }
}
