import type { ApiClient } from '../../api/client';
import type { FindPage, FindRequest, Task } from '../../api/types';

/** Search over HTTP. Every method throws a SmextError. */
export class SearchService {
  constructor(private readonly _api: ApiClient) {}

  start(request: FindRequest): Promise<Task> {
    return this._api.call(this._api.http.POST('/jupyter-smext/api/s3/finds', { body: request }));
  }

  /** What was found so far, from a place on. */
  page(task: string, offset: number): Promise<FindPage> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/s3/finds/page', {
        body: { task_id: task, offset, limit: 1000 }
      })
    );
  }
}
