import type { ApiClient } from '../../api/client';
import type { AbortResult, Task, UnfinishedPage, UnfinishedUpload } from '../../api/types';
import type { ILocation } from '../location';

/** Most uploads that one request can abort. */
const ABORT_AT_ONCE = 1000;

/** Adds up what lies below a place, seen and unseen. */
export class UsageService {
  constructor(private readonly _api: ApiClient) {}

  /** Begin; the task's result is an `IUsage`. Throws a SmextError. */
  start({ bucket, prefix }: ILocation): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/usage', { body: { bucket, prefix } })
    );
  }

  /** Uploads in parts below a place that came to no end, a hundred at a time. Throws a SmextError. */
  unfinished(
    { bucket, prefix }: ILocation,
    token: string | null,
    signal: AbortSignal
  ): Promise<UnfinishedPage> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/unfinished', {
        body: { bucket, prefix, continuation_token: token, max_uploads: 100 },
        signal
      })
    );
  }

  /** Throw such uploads away with their parts, for good. Throws a SmextError where none could be. */
  async abort(bucket: string, uploads: readonly UnfinishedUpload[]): Promise<AbortResult> {
    const result: Required<AbortResult> = { aborted: 0, failed: [] };
    for (let start = 0; start < uploads.length; start += ABORT_AT_ONCE) {
      const { aborted, failed } = await this._api.call(
        this._api.http.POST('/jupyter-smext/api/s3/unfinished/abort', {
          body: {
            bucket,
            uploads: uploads
              .slice(start, start + ABORT_AT_ONCE)
              .map(({ key, upload_id }) => ({ key, upload_id }))
          }
        })
      );
      result.aborted += aborted;
      result.failed.push(...failed);
    }
    return result;
  }
}
