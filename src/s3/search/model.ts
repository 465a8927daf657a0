import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../../api/client';
import type { FindRequest, FindResult, S3Object } from '../../api/types';
import type { ITasks } from '../../tokens';
import { collect } from '../collect';
import type { SearchService } from './service';

/** One search at a time: what was found grows while the server looks at all keys. */
export class SearchModel {
  constructor(
    private readonly _service: SearchService,
    private readonly _tasks: ITasks
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get hits(): readonly S3Object[] {
    return this._hits;
  }

  /** The counts so far; null before the first search. */
  get result(): FindResult | null {
    return this._result;
  }

  get running(): boolean {
    return this._task !== null;
  }

  /** All keys were looked at. */
  get complete(): boolean {
    return this._complete;
  }

  get error(): SmextError | null {
    return this._error;
  }

  get selectedKeys(): ReadonlySet<string> {
    return this._selected;
  }

  select(keys: ReadonlySet<string>): void {
    this._selected = keys;
    this._changed.emit();
  }

  /** Search; a search under way is given up. */
  async start(request: FindRequest): Promise<void> {
    this.cancel();
    const run = ++this._run;
    this._hits = [];
    this._selected = new Set();
    this._result = { scanned: 0, matched: 0, bytes: 0 };
    this._complete = false;
    this._error = null;
    this._task = '';
    this._changed.emit();
    try {
      const { id } = await this._service.start(request);
      if (run !== this._run) {
        return void this._tasks.cancel(id);
      }
      this._task = id;
      await this._collect(id, run);
    } catch (reason) {
      if (run === this._run) {
        this._error = SmextError.from(reason);
      }
    }
    if (run === this._run) {
      this._task = null;
      this._changed.emit();
    }
  }

  /** Give up; what was found stays. */
  cancel(): void {
    if (this._task) {
      void this._tasks.cancel(this._task);
    }
  }

  dispose(): void {
    this.cancel();
    this._run++;
    Signal.clearData(this);
  }

  private async _collect(id: string, run: number): Promise<void> {
    const task = await collect(id, this._tasks, async () => {
      const page = await this._service.page(id, this._hits.length);
      if (run !== this._run) {
        return { caughtUp: true, complete: true };
      }
      this._hits = this._hits.concat(page.hits);
      this._result = page.result;
      this._complete = page.complete;
      this._changed.emit();
      return { caughtUp: this._hits.length >= page.kept, complete: page.complete };
    });
    if (run === this._run && task.error) {
      throw new SmextError(task.error, 0);
    }
  }

  private readonly _changed = new Signal<this, void>(this);
  private _run = 0;
  /** Null: nothing is under way. Empty: it is being started. */
  private _task: string | null = null;
  private _hits: S3Object[] = [];
  private _result: FindResult | null = null;
  private _complete = false;
  private _error: SmextError | null = null;
  private _selected: ReadonlySet<string> = new Set();
}
