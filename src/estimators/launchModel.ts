import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { Task } from '../api/types';
import type { ISmextEvents, ITaskEvent } from '../tokens';
import type { EstimatorsService, SpecValues } from './service';

/**
 * Whether a document was launched, and its launch.
 *
 * The document's token makes it happen once: a second click, a second tab or a repeated call with the same token gets
 * the job of the first. Only `again` asks for a new token.
 */
export class LaunchModel implements IDisposable {
  constructor(options: LaunchModel.IOptions) {
    this._service = options.service;
    this._document = options.document;
    this._events = options.events;
    this._pause = options.pause ?? 500;
    this._events.task.connect(this._onTask, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted with the job's name when a launch of this model has made a job. */
  get launched(): ISignal<this, string> {
    return this._launched;
  }

  /** The job of this document's last launch; null where there was none. */
  get jobName(): string | null {
    return this._jobName;
  }

  /** The launch under way; null where there is none. */
  get task(): Task | null {
    return this._task;
  }

  get busy(): boolean {
    return this._busy;
  }

  /** Why the last launch failed, or why nothing is known about it. */
  get error(): SmextError | null {
    return this._error;
  }

  /** Learn whether the document was launched, here or elsewhere. */
  async refresh(): Promise<void> {
    try {
      const { token, training_job_name } = await this._service.launchToken(this._document(), null);
      this._token = token;
      this._jobName = training_job_name;
      this._error = null;
    } catch (reason) {
      this._error = SmextError.from(reason);
    }
    this._changed.emit();
  }

  /** Launch, unless the document's token is spent: then its job is what there is. */
  launch(spec: SpecValues): Promise<void> {
    return this._run(spec, null);
  }

  /** Launch once more, with a new token. */
  again(spec: SpecValues): Promise<void> {
    return this._run(spec, this._token);
  }

  /** Ask a launch under way to end; it can as long as the job is not created. */
  async cancel(): Promise<void> {
    if (this._task) {
      await this._service.cancelTask(this._task.id);
    }
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private async _run(spec: SpecValues, replace: string | null): Promise<void> {
    if (this._busy) {
      return;
    }
    this._busy = true;
    this._error = null;
    this._changed.emit();
    try {
      const { token } = await this._service.launchToken(this._document(), replace);
      this._token = token;
      this._task = await this._service.launch(spec, this._document(), token);
      while (!isOver(this._task) && !this._isDisposed) {
        this._changed.emit();
        await new Promise(resolve => setTimeout(resolve, this._pause));
        this._task = await this._service.task(this._task.id);
      }
      if (this._task.error) {
        throw new SmextError(this._task.error, 0);
      }
      const name = this._task.result?.training_job_name;
      if (typeof name === 'string') {
        this._jobName = name;
        this._launched.emit(name);
      }
    } catch (reason) {
      this._error = SmextError.from(reason);
    } finally {
      this._busy = false;
      this._task = null;
      this._changed.emit();
    }
  }

  private _onTask(_: ISmextEvents, task: ITaskEvent): void {
    // Another tab may have launched this document.
    if (task.kind.startsWith('estimators.') && task.state === 'succeeded' && !this._busy) {
      void this.refresh();
    }
  }

  private readonly _service: EstimatorsService;
  private readonly _document: () => string;
  private readonly _events: ISmextEvents;
  private readonly _pause: number;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _launched = new Signal<this, string>(this);
  private _token: string | null = null;
  private _jobName: string | null = null;
  private _task: Task | null = null;
  private _busy = false;
  private _error: SmextError | null = null;
  private _isDisposed = false;
}

export namespace LaunchModel {
  export interface IOptions {
    service: EstimatorsService;
    events: ISmextEvents;
    /** Path of the document, relative to the server's root; it may be renamed. */
    document: () => string;
    /** Milliseconds between two looks at a launch that takes longer. */
    pause?: number;
  }
}

function isOver(task: Task): boolean {
  return task.state !== 'queued' && task.state !== 'running';
}
