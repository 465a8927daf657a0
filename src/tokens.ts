import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';
import type { ApiClient, SmextError } from './api/client';
import type { AdminPolicyState, Identity, Task } from './api/types';

/** Name of the npm package; also the prefix of plugin and token ids. */
export const PACKAGE = 'jupyter-smext';

/** What every other plugin builds on: the typed client, and whether the server part is there. */
export interface ISmext {
  readonly api: ApiClient;
  /** Resolves once the server part answered with a version that fits; pending as long as `problem` says why not. */
  readonly ready: Promise<void>;
  /** Why the server part cannot be used; null where it can, or while it is being asked. */
  readonly problem: SmextError | null;
  readonly problemChanged: ISignal<ISmext, SmextError | null>;
  /** Ask the server part again. */
  check(): Promise<void>;
  readonly events: ISmextEvents;
  /** The last known identity; null until it is known. */
  readonly identity: Identity | null;
  readonly identityChanged: ISignal<ISmext, Identity | null>;
  /** Ask who we are again. */
  refreshIdentity(): Promise<Identity>;
  readonly adminPolicy: IAdminPolicy;
}

/** What the administrator has set for everybody. */
export interface IAdminPolicy {
  /** Null as long as nobody knows. */
  readonly value: AdminPolicyState | null;
  readonly error: SmextError | null;
  readonly changed: ISignal<IAdminPolicy, void>;
  /** Ask for it, unless that was done. */
  wake(): void;
  /** Ask again. It does not throw: `error` says what went wrong. */
  refresh(): Promise<void>;
}

/** Wake-up calls from the server. They carry ids and states only; the state itself is read over REST. */
export interface ISmextEvents {
  readonly task: ISignal<ISmextEvents, ITaskEvent>;
  readonly job: ISignal<ISmextEvents, IJobEvent>;
  readonly tuning: ISignal<ISmextEvents, ITuningEvent>;
  readonly endpoint: ISignal<ISmextEvents, IEndpointEvent>;
  readonly studio: ISignal<ISmextEvents, IStudioEvent>;
}

export interface ITaskEvent {
  id: string;
  kind: string;
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
  done: number;
  total: number | null;
}

export interface IJobEvent {
  training_job_name: string;
  training_job_status: string;
  secondary_status: string | null;
}

export interface ITuningEvent {
  hyper_parameter_tuning_job_name: string;
  hyper_parameter_tuning_job_status: string;
  /** How many training jobs are in which status, in words. */
  training_jobs: string;
}

export interface IEndpointEvent {
  endpoint_name: string;
  endpoint_status: string;
}

export interface IStudioEvent {
  kind: 'domain' | 'user-profile' | 'space' | 'app';
  /** The domain's id; for the others a path that begins with it, for example `d-abc/my-space`. */
  name: string;
  status: string;
}

export const ISmext = new Token<ISmext>(
  `${PACKAGE}:ISmext`,
  'The typed client of the SageMaker server extension, its events and the AWS identity.'
);

/** The sidebar panel: rooms add their section to it. */
export interface ISmextPanel {
  /** Add a section; sections are sorted by rank, lowest first. */
  addSection(section: IPanelSection): void;
  /** Open the panel on a section. */
  reveal(id: string): void;
  /** Have the header say what a room runs now. */
  addRunning(source: IRunningSource): void;
}

export interface IPanelSection {
  /** Stable id, also used to remember what is folded. */
  readonly id: string;
  readonly rank: number;
  readonly widget: Widget;
  /** The section is not shown where the administrator has switched off this part. */
  readonly part?: 's3' | 'jobs' | 'endpoints' | 'iam';
}

/** What a room runs now, for the header of the panel. */
export interface IRunningSource {
  /** The section that a click on the count opens. */
  readonly section: string;
  readonly rank: number;
  /** How many run now; null as long as nobody knows. */
  readonly count: number | null;
  readonly countChanged: ISignal<IRunningSource, number | null>;
  /** The count is on the screen from now on: look now. */
  wake(): void;
  /** The words for a count, for example `2 jobs in progress`. */
  label(count: number): string;
}

export const ISmextPanel = new Token<ISmextPanel>(
  `${PACKAGE}:ISmextPanel`,
  'The SageMaker sidebar panel, to which rooms add sections.'
);

/** The long operations of the server extension: transfers, launches, scans. */
export interface ITasks {
  /** Newest first. */
  readonly tasks: readonly Task[];
  readonly changed: ISignal<ITasks, void>;
  /** A task came to its end while this page was open. */
  readonly finished: ISignal<ITasks, Task>;
  /** Somebody asked for the end of the task with this id. */
  readonly cancelling: ISignal<ITasks, string>;
  /** Read the list again, at once. */
  refresh(): Promise<void>;
  /** Ask a task to end; it does so at its next safe point. */
  cancel(id: string): Promise<void>;
  /** Start a `repeatable` task again that failed or was cancelled; answers the task that takes its place. */
  retry(id: string): Promise<Task>;
  /**
   * Resolves with the finished task. Who follows a task also reports on it: no notification is shown, unless `signal`
   * ends the following before; then it stays pending.
   */
  follow(id: string, signal?: AbortSignal): Promise<Task>;
  /** No longer list finished tasks. */
  clearFinished(): void;
}

export const ITasks = new Token<ITasks>(
  `${PACKAGE}:ITasks`,
  'The long operations of the SageMaker server extension.'
);
