/** What finished tasks of the s3 room carry as results: models of the server's `s3/models.py` that no route answers. */
import { SmextError } from '../api/client';
import type { Task } from '../api/types';
import type { ITasks } from '../tokens';

/** Wait for a task and take its result. Throws a SmextError where it failed or was cancelled. */
export async function resultOf<T>(tasks: ITasks, task: Promise<Task>): Promise<T> {
  const { error, result, state, title } = await tasks.follow((await task).id);
  if (state !== 'succeeded') {
    throw new SmextError(error ?? { code: 'Cancelled', message: title, retryable: true }, 0);
  }
  return result as T;
}

export interface ITransferResult {
  readonly files: number;
  readonly bytes: number;
  /** By a sync that was told to. */
  readonly deleted: number;
  /** Left alone because the target existed. */
  readonly skipped: number;
  readonly failed: number;
  /** The first 100 of those that failed. */
  readonly failures: readonly { readonly name: string; readonly message: string }[];
}

export interface IDeleteSummary {
  readonly deleted: number;
  readonly failed: number;
  /** The first 100 of those that failed. */
  readonly failures: readonly { readonly key: string; readonly message: string }[];
}

interface ISum {
  readonly objects: number;
  readonly bytes: number;
  /** Storage at list price; null where a part has no known price. */
  readonly monthly_usd: number | null;
}

export interface IFolderUsage extends ISum {
  /** Complete; the asked prefix itself for objects in no folder. */
  readonly prefix: string;
}

export interface IClassUsage extends ISum {
  readonly storage_class: string;
  /** Per GB-month; null where unknown. */
  readonly price_usd: number | null;
  readonly price_as_of: string | null;
}

export interface IUsage {
  readonly bucket: string;
  /** Null where AWS did not tell; then there are no prices. */
  readonly region: string | null;
  readonly total: IFolderUsage;
  readonly classes: readonly IClassUsage[];
  /** Right below the prefix, the largest first. */
  readonly folders: readonly IFolderUsage[];
  /** Folders left out of `folders`. */
  readonly more_folders: number;
}

export interface ISyncAction {
  readonly step: 'copy' | 'delete';
  /** Below the folder and the prefix. */
  readonly name: string;
  readonly size: number;
  readonly reason: 'new' | 'size differs' | 'source is newer' | 'content differs' | 'not in source';
}

export interface ISyncPlan {
  readonly copies: number;
  readonly copy_bytes: number;
  readonly deletes: number;
  readonly unchanged: number;
  /** Keys that no file can be named after; they are left out. */
  readonly impossible: number;
  /** The first 1,000; all are carried out. */
  readonly actions: readonly ISyncAction[];
}

export interface IDiskUsage {
  readonly path: string;
  readonly kind: 'EFS' | 'space volume' | 'other';
  readonly files: number;
  readonly bytes: number;
  /** Per GB-month (2**30 bytes); null where no price is known. */
  readonly usd_here: number | null;
  readonly usd_in_s3: number | null;
  /** Pointers to offloaded files. */
  readonly offloaded: number;
  /** The 500 largest, all levels. */
  readonly folders: readonly {
    readonly path: string;
    readonly files: number;
    readonly bytes: number;
  }[];
  /** The 200 largest files; `modified` in seconds since the epoch. */
  readonly largest: readonly {
    readonly path: string;
    readonly bytes: number;
    readonly modified: number;
  }[];
  /** Partial files that a killed server left; they can be deleted. */
  readonly leftovers: readonly string[];
}

export interface IOffloadPlan {
  readonly files: number;
  readonly bytes: number;
  /** A month, for all of it; null where no price is known. */
  readonly usd_in_s3: number | null;
  readonly left_alone: number;
  /** The first 100 of those. */
  readonly left_alone_files: readonly { readonly path: string; readonly why: string }[];
}
