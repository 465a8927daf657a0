import { SmextError } from '../api/client';
import type { ITasks } from '../tokens';
import type { S3Changes } from './changes';
import type { ILocation } from './location';
import type { ConflictChoice, S3Service } from './service';

/** A browser opens six connections to a server; the panel needs some of them itself. */
const AT_ONCE = 3;

/** A file of the desktop, with its path below what was chosen or dropped: `data/train.csv`. */
export interface ILocalFile {
  readonly path: string;
  readonly file: Blob;
}

export interface IUploadReport {
  uploaded: number;
  skipped: number;
  cancelled: number;
  failed: (ILocalFile & { error: SmextError })[];
}

interface IJob extends ILocalFile {
  bucket: string;
  key: string;
  overwrite: boolean;
}

/** Sends files of the desktop to S3, a few at a time, each followed by a task of the server. */
export class Uploads {
  constructor(
    private readonly _service: S3Service,
    private readonly _tasks: ITasks,
    private readonly _changes: S3Changes
  ) {
    _tasks.cancelling.connect(this._onCancelling, this);
  }

  /**
   * Upload files below a prefix.
   *
   * Nothing is overwritten unasked: keys that exist are put to `choose`, all at once, after the others are up. Of
   * folders that exist nothing is asked.
   */
  async upload(
    files: readonly ILocalFile[],
    target: ILocation,
    choose: (keys: readonly string[]) => Promise<ConflictChoice>
  ): Promise<IUploadReport> {
    const report: IUploadReport = { uploaded: 0, skipped: 0, cancelled: 0, failed: [] };
    const { bucket, prefix } = target;
    const conflicts = await this._sendAll(
      files.map(each => ({ ...each, bucket, key: prefix + each.path, overwrite: false })),
      report
    );
    if (conflicts.length > 0) {
      const choice = await choose(conflicts.map(each => each.key));
      if (choice === 'skip') {
        report.skipped += conflicts.length;
      } else {
        const again = conflicts.map(each =>
          choice === 'overwrite'
            ? { ...each, overwrite: true }
            : { ...each, key: besides(each.key) }
        );
        // Another copy may exist as well; then a later number is free.
        for (let left = again; left.length > 0;) {
          left = await this._sendAll(left, report);
          left = left.map(each => ({ ...each, key: besides(each.key) }));
        }
      }
    }
    if (report.uploaded > 0) {
      this._changes.tell(target);
    }
    return report;
  }

  /** Send them all; answers those whose key exists. */
  private async _sendAll(jobs: readonly IJob[], report: IUploadReport): Promise<IJob[]> {
    const conflicts: IJob[] = [];
    const waiting = [...jobs];
    const work = async (): Promise<void> => {
      for (let job = waiting.shift(); job; job = waiting.shift()) {
        try {
          const sent = await this._send(job);
          report[sent ? 'uploaded' : 'cancelled'] += 1;
        } catch (reason) {
          const error = SmextError.from(reason);
          if (error.envelope.code === 'Conflict' && !job.overwrite) {
            if (job.key.endsWith('/')) {
              // A folder that is there already is what was wanted.
              report.skipped += 1;
            } else {
              conflicts.push(job);
            }
          } else {
            report.failed.push({ path: job.path, file: job.file, error });
          }
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return conflicts;
  }

  /** Answers whether it arrived: false where somebody cancelled it. */
  private async _send(job: IJob): Promise<boolean> {
    const { bucket, key, overwrite, file } = job;
    const { id } = await this._service.announceUpload({ bucket, key, overwrite, size: file.size });
    const abort = new AbortController();
    this._running.set(id, abort);
    const end = this._tasks.follow(id);
    // The answer of the request itself says all, unless the connection breaks.
    end.catch(() => undefined);
    try {
      await this._service.upload({ bucket, key, overwrite, task: id }, file, abort.signal);
      return true;
    } catch (reason) {
      if (abort.signal.aborted) {
        return false;
      }
      const error = SmextError.from(reason);
      if (error.envelope.code === 'Cancelled') {
        return false;
      }
      if (error.envelope.code !== 'Network') {
        throw error;
      }
      // A server that refuses in the middle of a body can only cut the connection; the task knows why.
      const task = await end.catch(() => null);
      if (task?.state === 'succeeded' || task?.state === 'cancelled') {
        return task.state === 'succeeded';
      }
      throw task?.error ? new SmextError(task.error, 0) : error;
    } finally {
      this._running.delete(id);
      void this._tasks.refresh();
    }
  }

  private _onCancelling(_: ITasks, id: string): void {
    this._running.get(id)?.abort();
  }

  private readonly _running = new Map<string, AbortController>();
}

/** The next name beside an existing one: `a (1).csv`, `a (2).csv`. */
export function besides(key: string): string {
  const match = /^([^]*?)(?: \((\d+)\))?(\.[^./]*)?$/.exec(key);
  const [, stem, count, extension] = match ?? [null, key, undefined, undefined];
  return `${stem} (${Number(count ?? 0) + 1})${extension ?? ''}`;
}
