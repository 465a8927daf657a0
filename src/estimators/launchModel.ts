import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { Task } from '../api/types';
import type { ITasks } from '../tokens';
import type { EstimatorsService, SpecValues } from './service';

/** The kind of a launch among the tasks. */
const LAUNCH = 'estimators.launch';

const LOCAL_RUN = 'estimators.local-run';

export interface ILocalRun {
  /** Path of the model, relative to the document's folder; null as long as there is none. */
  model: string | null;
}

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
    this._tasks = options.tasks;
    this._tasks.changed.connect(this._onProgress, this);
    this._tasks.finished.connect(this._onFinished, this);
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

  /** The launch under way, as far as it is known; null where there is none. */
  get task(): Task | null {
    return this._tasks.tasks.find(task => task.id === this._task?.id) ?? this._task;
  }

  /** Whether the document was run on the server's machine since it was opened, and what came of it. */
  get localRun(): ILocalRun | null {
    return this._localRun;
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

  /**
   * Launch, unless the document's token is spent: then its job is what there is.
   *
   * `prepare` comes first, and no other launch begins in between; where it answers false, nothing is launched.
   */
  launch(spec: SpecValues, prepare?: () => Promise<boolean>): Promise<void> {
    return this._run(spec, null, prepare);
  }

  /** Launch once more, with a new token. */
  again(spec: SpecValues, prepare?: () => Promise<boolean>): Promise<void> {
    return this._run(spec, this._token, prepare);
  }

  /** Ask a launch under way to end; it can as long as the job is not created. */
  async cancel(): Promise<void> {
    if (this._task) {
      await this._tasks.cancel(this._task.id);
    }
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private async _run(
    spec: SpecValues,
    replace: string | null,
    prepare?: () => Promise<boolean>
  ): Promise<void> {
    if (this._busy) {
      return;
    }
    this._busy = true;
    this._error = null;
    this._changed.emit();
    this._localRun = null;
    try {
      if (prepare && !(await prepare())) {
        return;
      }
      const { token } = await this._service.launchToken(this._document(), replace);
      this._token = token;
      this._task = await this._service.launch(spec, this._document(), token);
      if (this._task.kind === LOCAL_RUN) {
        this._localRun = { model: null };
      }
      this._changed.emit();
      const { error, result } = isOver(this._task)
        ? this._task
        : await this._tasks.follow(this._task.id);
      if (error) {
        throw new SmextError(error, 0);
      }
      const name = result?.training_job_name;
      if (result?.local === true) {
        const { model_artifacts: model } = result;
        this._localRun = { model: typeof model === 'string' ? model : null };
      } else if (typeof name === 'string') {
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

  private _onProgress(): void {
    if (this._task) {
      this._changed.emit();
    }
  }

  private _onFinished(_: ITasks, task: Task): void {
    // Another tab may have launched this document.
    if (task.kind === LAUNCH && task.state === 'succeeded' && !this._busy) {
      void this.refresh();
    }
  }

  private readonly _service: EstimatorsService;
  private readonly _document: () => string;
  private readonly _tasks: ITasks;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _launched = new Signal<this, string>(this);
  private _token: string | null = null;
  private _jobName: string | null = null;
  private _localRun: ILocalRun | null = null;
  private _task: Task | null = null;
  private _busy = false;
  private _error: SmextError | null = null;
  private _isDisposed = false;
}

export namespace LaunchModel {
  export interface IOptions {
    service: EstimatorsService;
    tasks: ITasks;
    /** Path of the document, relative to the server's root; it may be renamed. */
    document: () => string;
  }
}

function isOver(task: Task): boolean {
  return task.state !== 'queued' && task.state !== 'running';
}
