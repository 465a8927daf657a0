import type { ApiClient } from '../../api/client';
import type { Task } from '../../api/types';
import type { ILocation } from '../location';

/** Adds up what lies below a place. */
export class UsageService {
  constructor(private readonly _api: ApiClient) {}

  /** Begin; the task's result is an `IUsage`. Throws a SmextError. */
  start({ bucket, prefix }: ILocation): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/usage', { body: { bucket, prefix } })
    );
  }
}
