import type { ApiClient } from '../../api/client';
import type { OffloadRequest, Task } from '../../api/types';

/** The server's disk, and moving files from it to S3 and back, over HTTP. Every method throws a SmextError. */
export class OffloadService {
  constructor(private readonly _api: ApiClient) {}

  /** Add up a folder of the server; the task's result is an `IDiskUsage`. */
  scan(path: string): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/disk-usage', { body: { path } })
    );
  }

  /** Choose files; the task's result is an `IOffloadPlan`. */
  plan(request: OffloadRequest): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/offload/plan', { body: request })
    );
  }

  /** Move what was chosen; the task's result is an `ITransferResult`. */
  apply(plan: string): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/offload/apply', { body: { task_id: plan } })
    );
  }

  /** Bring files back; the task's result is an `ITransferResult`. */
  restore(paths: readonly string[], deleteObjects: boolean): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/offload/restore', {
        body: { paths: [...paths], delete_objects: deleteObjects }
      })
    );
  }
}
