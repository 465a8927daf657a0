import type { ApiClient } from '../api/client';
import type { Task } from '../api/types';

/** The tasks over HTTP. */
export class TasksService {
  constructor(private readonly _api: ApiClient) {}

  async list(): Promise<Task[]> {
    const { tasks } = await this._api.call(this._api.poll.GET('/jupyter-smext/api/tasks'));
    return tasks;
  }

  /** Ask a task to end. */
  cancel(id: string): Promise<Task> {
    return this._api.call(
      this._api.http.DELETE('/jupyter-smext/api/tasks/{task_id}', {
        params: { path: { task_id: id } }
      })
    );
  }

  /** Start a failed or cancelled task again, under a new id. */
  retry(id: string): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/tasks/{task_id}/retry', {
        params: { path: { task_id: id } }
      })
    );
  }
}
