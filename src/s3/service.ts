import type { ApiClient } from '../api/client';
import type {
  Bucket,
  BucketPage,
  DeleteResult,
  ObjectPage,
  Task,
  UploadResult
} from '../api/types';

/** What to do with what exists already: `skip` refuses a single object, and leaves it out among many. */
export type ConflictChoice = 'overwrite' | 'keep-both' | 'skip';

/** Most keys that one request can delete. */
const DELETE_AT_ONCE = 1000;

/** S3 over HTTP. Every method throws a SmextError. */
export class S3Service {
  constructor(private readonly _api: ApiClient) {}

  /** One page of the account's buckets, by name. */
  buckets(
    query: { prefix?: string; continuation_token?: string },
    signal: AbortSignal
  ): Promise<BucketPage> {
    return this._api.call(
      this._api.http.GET('/jupyter-smext/api/s3/buckets', { params: { query }, signal })
    );
  }

  createBucket(name: string): Promise<Bucket> {
    return this._api.call(this._api.http.POST('/jupyter-smext/api/s3/buckets', { body: { name } }));
  }

  /** Delete a bucket; all in it first where `empty` says so, else one that is not empty is refused. */
  deleteBucket(name: string, empty: boolean): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/buckets/delete', {
        body: { name, confirm: name, empty }
      })
    );
  }

  /** One page of what lies under a prefix; with the delimiter '' everything below it, flat. */
  list(
    query: {
      bucket: string;
      prefix: string;
      delimiter?: string;
      continuation_token?: string | null;
      max_keys?: number;
    },
    signal?: AbortSignal
  ): Promise<ObjectPage> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/objects/list', {
        body: { delimiter: '/', max_keys: 1000, continuation_token: null, ...query },
        signal
      })
    );
  }

  /** Announce an upload. Throws `Conflict` where the key exists and may not be overwritten. */
  announceUpload(target: {
    bucket: string;
    key: string;
    size: number;
    overwrite: boolean;
  }): Promise<Task> {
    return this._api.call(this._api.http.POST('/jupyter-smext/api/s3/uploads', { body: target }));
  }

  /** Send the bytes of an announced upload. Throws an AbortError when `signal` ends it. */
  upload(
    target: { bucket: string; key: string; overwrite: boolean; task: string },
    body: Blob,
    signal: AbortSignal
  ): Promise<UploadResult> {
    const query = {
      bucket: target.bucket,
      key: target.key,
      overwrite: String(target.overwrite),
      task_id: target.task,
      ...(body.type ? { content_type: body.type } : {})
    };
    return this._api.put('s3/object', query, body, signal);
  }

  async delete(bucket: string, keys: readonly string[]): Promise<DeleteResult> {
    const result: DeleteResult = { deleted: [], failed: [] };
    for (let start = 0; start < keys.length; start += DELETE_AT_ONCE) {
      const batch = keys.slice(start, start + DELETE_AT_ONCE);
      const { deleted, failed } = await this._api.call(
        this._api.http.POST('/jupyter-smext/api/s3/objects/delete', {
          body: { bucket, keys: batch }
        })
      );
      result.deleted.push(...deleted);
      result.failed.push(...failed);
    }
    return result;
  }

  /** Delete all objects under a prefix, at any depth. */
  deletePrefix(bucket: string, prefix: string): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/transfers/delete', {
        body: { bucket, prefix, confirm: null }
      })
    );
  }

  /** Copy or move objects, and all under prefixes, inside S3. */
  copy(
    from: string,
    to: string,
    items: readonly { source: string; target: string }[],
    move: boolean,
    choice: ConflictChoice
  ): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/transfers/copy', {
        body: {
          source_bucket: from,
          target_bucket: to,
          items: [...items],
          move,
          ...flagsOf(choice)
        }
      })
    );
  }

  /** Copy an object, or all under a prefix, to the server's files. */
  toFiles(
    source: { bucket: string; key: string },
    path: string,
    choice: ConflictChoice
  ): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/transfers/download', {
        body: { ...source, path, ...flagsOf(choice) }
      })
    );
  }

  /** Copy a file or folder of the server to S3. */
  fromFiles(
    path: string,
    target: { bucket: string; key: string },
    choice: ConflictChoice
  ): Promise<Task> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/transfers/upload', {
        body: { ...target, path, ...flagsOf(choice) }
      })
    );
  }
}

function flagsOf(choice: ConflictChoice): { overwrite: boolean; keep_both: boolean } {
  return { overwrite: choice === 'overwrite', keep_both: choice === 'keep-both' };
}
