import { PathExt } from '@jupyterlab/coreutils';
import type { Contents, ServerConnection } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../../api/client';
import type { ObjectDetails, SaveRequest, TextObject } from '../../api/types';
import type { ObjectService } from '../object/service';

/** Ours alone: other extensions call theirs `S3`. */
export const DRIVE = 'SMS3';

/** Below this many milliseconds JupyterLab takes two times of modification for the same and does not ask. */
const SAME_TIME = 500;

interface IOpened {
  etag: string | null;
  encoding: SaveRequest['encoding'];
  modified: string;
  /** What lay in S3 when JupyterLab last looked, which it does before it saves. */
  seen: { etag: string | null; modified: string } | null;
}

/** Whether the editors of JupyterLab can open a key: paths have no empty, `.` or `..` parts. */
export function hasPath(bucket: string, key: string): boolean {
  const path = `${bucket}/${key}`;
  return PathExt.normalize(path) === path && !key.endsWith('/');
}

export function pathOf(bucket: string, key: string): string {
  return `${DRIVE}:${bucket}/${key}`;
}

/**
 * Small text objects as documents of JupyterLab.
 *
 * Saving overwrites only the version that was opened. Where somebody saved another one, JupyterLab asks by the time of
 * modification, and otherwise saving fails: nobody's work is lost unasked. Folders are not listed here; that is the
 * browser's work.
 */
export class S3Drive implements Contents.IDrive {
  constructor(
    readonly serverSettings: ServerConnection.ISettings,
    private readonly _objects: ObjectService
  ) {}

  readonly name = DRIVE;

  get fileChanged(): ISignal<Contents.IDrive, Contents.IChangedArgs> {
    return this._fileChanged;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  async get(path: string, options?: Contents.IFetchOptions): Promise<Contents.IModel> {
    const reference = referenceOf(path);
    const details = await this._objects.details(reference);
    if (options?.content === false) {
      const opened = this._opened.get(path);
      if (opened) {
        opened.seen = { etag: details.etag, modified: details.last_modified };
      }
      return modelOf(path, details, null);
    }
    const text = await this._objects.openText(reference);
    this._remember(path, text, details.last_modified);
    return modelOf(path, details, text.text);
  }

  async save(path: string, model: Partial<Contents.IModel> = {}): Promise<Contents.IModel> {
    const { bucket, key } = referenceOf(path);
    const opened = this._opened.get(path);
    const saved = await this._objects.saveText({
      bucket,
      key,
      text: String(model.content ?? ''),
      encoding: opened?.encoding ?? 'utf-8',
      etag: opened ? versionToOverwrite(opened) : null
    });
    const details = await this._objects.details({ bucket, key, version_id: null });
    this._remember(path, saved, details.last_modified);
    const newValue = modelOf(path, details, null);
    this._fileChanged.emit({ type: 'save', oldValue: null, newValue });
    return newValue;
  }

  async getDownloadUrl(path: string): Promise<string> {
    const { url } = await this._objects.presign(referenceOf(path), 'GET', 60);
    return url;
  }

  // JupyterLab keeps no older versions of these documents; a bucket with versioning does.
  listCheckpoints(): Promise<Contents.ICheckpointModel[]> {
    return Promise.resolve([]);
  }

  createCheckpoint(): Promise<Contents.ICheckpointModel> {
    return Promise.resolve({ id: '', last_modified: '' });
  }

  restoreCheckpoint(): Promise<void> {
    return refuse();
  }

  deleteCheckpoint(): Promise<void> {
    return refuse();
  }

  newUntitled(): Promise<Contents.IModel> {
    return refuse();
  }

  delete(): Promise<void> {
    return refuse();
  }

  rename(): Promise<Contents.IModel> {
    return refuse();
  }

  copy(): Promise<Contents.IModel> {
    return refuse();
  }

  private _remember(path: string, { etag, encoding }: TextObject, modified: string): void {
    this._opened.set(path, {
      etag,
      encoding: encoding as SaveRequest['encoding'],
      modified,
      seen: null
    });
  }

  private readonly _opened = new Map<string, IOpened>();
  private readonly _fileChanged = new Signal<Contents.IDrive, Contents.IChangedArgs>(this);
  private _isDisposed = false;
}

/** The version that was opened; or a later one, where JupyterLab has shown it and the person chose to overwrite it. */
function versionToOverwrite({ etag, modified, seen }: IOpened): string | null {
  const asked = seen && Date.parse(seen.modified) - Date.parse(modified) > SAME_TIME;
  return asked ? seen.etag : etag;
}

function referenceOf(path: string): { bucket: string; key: string; version_id: null } {
  const slash = path.indexOf('/');
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1), version_id: null };
}

function modelOf(path: string, details: ObjectDetails, text: string | null): Contents.IModel {
  return {
    name: PathExt.basename(path),
    path,
    type: 'file',
    writable: true,
    created: details.last_modified,
    last_modified: details.last_modified,
    mimetype: details.content_type ?? 'text/plain',
    format: text === null ? null : 'text',
    content: text,
    size: details.size
  } as Contents.IModel;
}

function refuse(): Promise<never> {
  return Promise.reject(
    new SmextError(
      {
        code: 'NotSupported',
        message: 'Use the S3 browser of the Amazon SageMaker panel for this.',
        retryable: false
      },
      0
    )
  );
}
