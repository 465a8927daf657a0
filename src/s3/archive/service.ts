import type { ApiClient } from '../../api/client';
import type { ArchivePage, ObjectReference, Task } from '../../api/types';

/** Archives over HTTP. Every method throws a SmextError. */
export class ArchiveService {
  constructor(private readonly _api: ApiClient) {}

  /** Begin to list the members. */
  list(archive: ObjectReference): Promise<Task> {
    return this._api.call(this._api.http.POST('/jupyter-smext/api/s3/archives', { body: archive }));
  }

  /** Members that were listed so far, from a place on. */
  page(task: string, offset: number): Promise<ArchivePage> {
    return this._api.call(
      this._api.poll.POST('/jupyter-smext/api/s3/archives/page', {
        body: { task_id: task, offset, limit: 1000 }
      })
    );
  }

  /** Take one member out, into the server's files. */
  extract(archive: ObjectReference, member: string, path: string): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/archives/extract', {
        body: { ...archive, member, path }
      })
    );
  }
}
