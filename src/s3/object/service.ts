import { type ApiClient, SmextError } from '../../api/client';
import type {
  GlacierRestore,
  GlacierTier,
  ObjectDetails,
  ObjectReference,
  PresignedUrl,
  Preview,
  SaveRequest,
  TextObject,
  VersionPage
} from '../../api/types';

/** Most bytes of an object that are loaded into the page as a whole. */
const LARGEST = 32 * 1024 * 1024;

/** How the first rows of a table are to be read; null: found out. */
export interface IPreviewOptions {
  rows: number;
  delimiter: string | null;
  header: boolean | null;
  encoding: string | null;
}

/** One object over HTTP. Every method throws a SmextError. */
export class ObjectService {
  constructor(private readonly _api: ApiClient) {}

  details(object: ObjectReference): Promise<ObjectDetails> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/object/details', { body: object })
    );
  }

  /** What is inside, or inside of a member of an archive, read by as few bytes as it takes. */
  preview(
    object: ObjectReference,
    member: string | null,
    options: IPreviewOptions
  ): Promise<Preview> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/object/preview', {
        body: { ...object, member, columns: null, ...options }
      })
    );
  }

  /** The text of a small object. */
  openText(object: ObjectReference): Promise<TextObject> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/object/text', { body: object })
    );
  }

  /** Save a text. Throws `PreconditionFailed` or `Conflict` where S3 holds another version than the one of `etag`. */
  saveText(request: SaveRequest): Promise<TextObject> {
    return this._api.call(
      this._api.http.PUT('/jupyter-smext/api/s3/object/text', { body: request })
    );
  }

  /** All bytes of an object, for the browser to show. Throws `TooLarge` where it has more than 32 MiB. */
  async whole(object: ObjectReference, size: number, mediaType: string): Promise<Blob> {
    if (size > LARGEST) {
      throw new SmextError(
        {
          code: 'TooLarge',
          message:
            'It is too large to be shown here: the browser needs all of it, and takes 32 MiB.',
          hint: 'Download it.',
          retryable: false
        },
        413
      );
    }
    const bytes = await this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/object/download', {
        body: object,
        parseAs: 'blob'
      })
    );
    return new Blob([bytes as unknown as Blob], { type: mediaType });
  }

  /** Replace all tags; answers them. */
  async setTags(
    object: ObjectReference,
    tags: Record<string, string>
  ): Promise<Record<string, string>> {
    const answer = await this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/object/tags', { body: { ...object, tags } })
    );
    return answer.tags;
  }

  /** One page of versions, newest first. */
  versions(bucket: string, key: string, marker: string | null): Promise<VersionPage> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/object/versions', {
        body: { bucket, key, version_id_marker: marker, max_versions: 100 }
      })
    );
  }

  /** Make an older version the latest, as a copy. */
  async restoreVersion(version: ObjectReference): Promise<void> {
    await this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/object/versions/restore', { body: version })
    );
  }

  /** Delete a version, or a delete marker, for good. */
  async deleteVersion(version: ObjectReference): Promise<void> {
    await this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/object/versions/delete', { body: version })
    );
  }

  /** Ask for a temporary copy of an archived object. */
  restoreFromGlacier(
    object: ObjectReference,
    days: number,
    tier: GlacierTier
  ): Promise<GlacierRestore> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/object/restore', {
        body: { ...object, days, tier }
      })
    );
  }

  /** Sign an address that works without credentials, for so many seconds. */
  presign(
    object: ObjectReference,
    method: PresignedUrl['method'],
    seconds: number
  ): Promise<PresignedUrl> {
    return this._api.call(
      this._api.http.POST('/jupyter-smext/api/s3/object/presign', {
        body: { ...object, method, expires_in: seconds, content_type: null }
      })
    );
  }
}
