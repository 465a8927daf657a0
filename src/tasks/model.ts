import { PromiseDelegate } from '@lumino/coreutils';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { Task } from '../api/types';
import type { ISmext, ISmextEvents, ITaskEvent, ITasks } from '../tokens';
import type { TasksService } from './service';

/** Milliseconds between two looks at the server: while something runs, and while nothing does. */
const WHILE_ACTIVE = 1000;
const WHILE_IDLE = 60_000;

export function isFinal(task: Task): boolean {
  return task.state === 'succeeded' || task.state === 'failed' || task.state === 'cancelled';
}

/** Follows the tasks: events of the server bring progress at once, and polling brings it where events do not arrive. */
export class TasksModel implements ITasks {
  constructor(smext: ISmext, service: TasksService) {
    this._service = service;
    smext.events.task.connect(this._onEvent, this);
    this._poll = new Poll({
      name: 'jupyter-smext:tasks',
      auto: false,
      factory: () => this._read(),
      frequency: { interval: WHILE_IDLE, backoff: true, max: 5 * WHILE_IDLE },
      standby: 'when-hidden'
    });
    void smext.ready.then(() => this._poll.start());
  }

  get tasks(): readonly Task[] {
    return this._tasks;
  }

  get active(): readonly Task[] {
    return this._tasks.filter(each => !isFinal(each));
  }

  get changed(): ISignal<ITasks, void> {
    return this._changed;
  }

  get finished(): ISignal<ITasks, Task> {
    return this._finished;
  }

  get cancelling(): ISignal<ITasks, string> {
    return this._cancelling;
  }

  /** Whether somebody follows the task and reports on its end. */
  isFollowed(id: string): boolean {
    return this._followed.has(id);
  }

  async refresh(): Promise<void> {
    await this._poll.refresh();
    await this._poll.tick;
  }

  async cancel(id: string): Promise<void> {
    this._cancelling.emit(id);
    await this._service.cancel(id);
    await this.refresh();
  }

  async retry(id: string): Promise<Task> {
    const task = await this._service.retry(id);
    void this.refresh();
    return task;
  }

  async follow(id: string, signal?: AbortSignal): Promise<Task> {
    const known = this._tasks.find(each => each.id === id);
    if (known && isFinal(known)) {
      return known;
    }
    const waiting = this._followed.get(id) ?? new PromiseDelegate<Task>();
    this._followed.set(id, waiting);
    signal?.addEventListener('abort', () => this._followed.delete(id), { once: true });
    void this.refresh();
    return waiting.promise;
  }

  clearFinished(): void {
    this._tasks.filter(isFinal).forEach(each => this._cleared.add(each.id));
    this._tasks = this.active;
    this._changed.emit();
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  private async _read(): Promise<void> {
    const before = this._tasks;
    const listed = await this._service.list();
    this._tasks = listed.filter(each => !this._cleared.has(each.id));
    const wasActive = new Set(before.filter(each => !isFinal(each)).map(each => each.id));
    for (const task of listed) {
      // A task may begin and end between two looks; a first look at the list reports nothing.
      const isNew = this._hasRead && !before.some(each => each.id === task.id);
      const waiting = this._followed.get(task.id);
      if (isFinal(task) && !this._reported.has(task.id)) {
        if (wasActive.has(task.id) || isNew || waiting) {
          this._finished.emit(task);
        }
        this._reported.add(task.id);
        waiting?.resolve(task);
      }
    }
    this._forgetLost(listed);
    this._hasRead = true;
    const interval = this.active.length > 0 ? WHILE_ACTIVE : WHILE_IDLE;
    if (interval !== this._poll.frequency.interval) {
      this._poll.frequency = { ...this._poll.frequency, interval };
    }
    this._changed.emit();
  }

  /** A restarted server has forgotten its tasks; who follows one must not wait for ever. */
  private _forgetLost(listed: readonly Task[]): void {
    for (const [id, waiting] of this._followed) {
      if (!listed.some(each => each.id === id)) {
        this._followed.delete(id);
        waiting.reject(
          new SmextError(
            {
              code: 'NotFound',
              message: 'The server no longer knows this operation; it was restarted.',
              retryable: false
            },
            404
          )
        );
      }
    }
  }

  private _onEvent(_: ISmextEvents, event: ITaskEvent): void {
    const known = this._tasks.find(each => each.id === event.id);
    const final = event.state !== 'queued' && event.state !== 'running';
    if (!known || final || known.state !== event.state) {
      void this._poll.refresh();
      return;
    }
    const updated = Date.now() / 1000;
    this._tasks = this._tasks.map(each =>
      each === known ? { ...each, done: event.done, total: event.total, updated } : each
    );
    this._changed.emit();
  }

  private readonly _service: TasksService;
  private readonly _poll: Poll;
  private _tasks: readonly Task[] = [];
  private _hasRead = false;
  private readonly _cleared = new Set<string>();
  private readonly _reported = new Set<string>();
  private readonly _followed = new Map<string, PromiseDelegate<Task>>();
  private readonly _changed = new Signal<ITasks, void>(this);
  private readonly _finished = new Signal<ITasks, Task>(this);
  private readonly _cancelling = new Signal<ITasks, string>(this);
}
