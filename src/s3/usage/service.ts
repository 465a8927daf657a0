import type { ApiClient } from '../../api/client';
import type { Task, Usage } from '../../api/types';
import type { ITasks } from '../../tokens';
import { SmextError } from '../../api/client';
import type { ILocation } from '../location';

/** Adds up what lies below a place. */
export class UsageService {
  constructor(
    private readonly _api: ApiClient,
    private readonly _tasks: ITasks
  ) {}

  /** Begin; answers the task, whose end `result` waits for. Throws a SmextError. */
  start({ bucket, prefix }: ILocation): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/usage', { body: { bucket, prefix } })
    );
  }

  /** The sums of a finished task. Throws a SmextError where it failed or was cancelled. */
  async result(id: string): Promise<Usage> {
    const task = await this._tasks.follow(id);
    if (task.state !== 'succeeded') {
      throw new SmextError(
        task.error ?? { code: 'Cancelled', message: task.title, retryable: true },
        0
      );
    }
    return task.result as unknown as Usage;
  }
}
