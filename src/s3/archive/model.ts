import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../../api/client';
import type { ArchiveMember, ObjectReference } from '../../api/types';
import type { ITasks } from '../../tokens';
import { collect } from '../collect';
import type { ArchiveService } from './service';

/** The members of one archive, as the server finds them. */
export class ArchiveModel {
  constructor(
    readonly archive: ObjectReference,
    private readonly _service: ArchiveService,
    private readonly _tasks: ITasks
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get members(): readonly ArchiveMember[] {
    return this._members;
  }

  get running(): boolean {
    return this._task !== null;
  }

  get error(): SmextError | null {
    return this._error;
  }

  async list(): Promise<void> {
    this._members = [];
    this._error = null;
    this._task = '';
    this._changed.emit();
    try {
      const { id } = await this._service.list(this.archive);
      this._task = id;
      const task = await collect(id, this._tasks, async () => {
        const page = await this._service.page(id, this._members.length);
        this._members = this._members.concat(page.members);
        this._changed.emit();
        return { caughtUp: this._members.length >= page.total, complete: page.complete };
      });
      if (task.error) {
        throw new SmextError(task.error, 0);
      }
    } catch (reason) {
      this._error = SmextError.from(reason);
    }
    this._task = null;
    this._changed.emit();
  }

  /** Take a member out of the archive. Throws a SmextError. */
  async extract(member: ArchiveMember, path: string): Promise<void> {
    const { id } = await this._service.extract(this.archive, member.name, path);
    const task = await this._tasks.follow(id);
    if (task.error) {
      throw new SmextError(task.error, 0);
    }
  }

  dispose(): void {
    if (this._task) {
      void this._tasks.cancel(this._task);
    }
    Signal.clearData(this);
  }

  private readonly _changed = new Signal<this, void>(this);
  private _members: ArchiveMember[] = [];
  /** Null: nothing is under way. Empty: it is being started. */
  private _task: string | null = null;
  private _error: SmextError | null = null;
}
