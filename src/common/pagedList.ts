import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { ISmext } from '../tokens';

/** Milliseconds between two looks while something changes by itself, and while nothing does. */
const BUSY_INTERVAL = 5_000;
const QUIET_INTERVAL = 15_000;

/** Rows behind the first page that are looked at one by one, because no page is read again for them. */
const MAX_SINGLE_LOOKS = 10;

export interface IPage<T> {
  rows: readonly T[];
  nextToken: string | null;
}

/**
 * A list that AWS gives in pages, newest first, kept up to date as long as someone watches it.
 *
 * Only the first page is read again; of what was loaded behind it, only rows that still change.
 */
export abstract class PagedList<T> implements IDisposable {
  constructor(private readonly _options: PagedList.IOptions) {
    this._poll = new Poll({
      auto: false,
      name: _options.name,
      factory: () => this._refresh(),
      frequency: { interval: QUIET_INTERVAL, backoff: true, max: 5 * 60_000 },
      standby: () => !_options.isWatched() || document.hidden
    });
    void _options.smext.ready.then(() => this._poll.start());
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted with a row that was seen changing by itself and has come to rest. */
  get settled(): ISignal<this, T> {
    return this._settled;
  }

  get rows(): readonly T[] {
    return this._rows;
  }

  /** True until the first answer for what is asked for now. */
  get loading(): boolean {
    return this._loading;
  }

  get error(): SmextError | null {
    return this._error;
  }

  get hasMore(): boolean {
    return this._nextToken !== null;
  }

  get loadingMore(): boolean {
    return this._loadingMore;
  }

  /** Why the next page could not be read; null where it could. */
  get moreError(): SmextError | null {
    return this._moreError;
  }

  /** Someone began to watch: look now. */
  wake(): void {
    void this._options.smext.ready.then(() => this._poll.refresh());
  }

  /** Look now, watched or not. It does not throw: `error` says what went wrong. */
  async refresh(): Promise<void> {
    await this._options.smext.ready;
    await this._refresh().catch(() => undefined);
  }

  /** Read the next page. It does not throw: `moreError` says what went wrong. */
  async loadMore(): Promise<void> {
    if (this._nextToken === null || this._loadingMore) {
      return;
    }
    this._loadingMore = true;
    this._moreError = null;
    this._changed.emit();
    const generation = this._generation;
    try {
      const page = await this.readPage(this._nextToken);
      if (generation === this._generation) {
        const known = new Set(this._rows.map(row => this.keyOf(row)));
        this._rows = [...this._rows, ...page.rows.filter(row => !known.has(this.keyOf(row)))];
        this._nextToken = page.nextToken;
      }
    } catch (reason) {
      if (generation === this._generation) {
        this._moreError = SmextError.from(reason);
      }
    } finally {
      this._loadingMore = false;
      this._changed.emit();
    }
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  abstract keyOf(row: T): string;

  /** Whether a row changes by itself. */
  protected abstract isBusy(row: T): boolean;

  protected abstract readPage(nextToken: string | null): Promise<IPage<T>>;

  /** The present state of one row; throws a SmextError, `NotFound` where it is gone. */
  protected abstract readRow(row: T): Promise<T>;

  /** Forget everything: something else is asked for. */
  protected restart(): void {
    this._generation++;
    this._rows = [];
    this._nextToken = null;
    this._loading = true;
    this._error = null;
    this._moreError = null;
    this._changed.emit();
    void this.refresh();
  }

  /** Look again, if anybody ever looked: something is said to have changed. */
  protected refreshIfRead(): void {
    if (!this._loading) {
      void this.refresh();
    }
  }

  private async _refresh(): Promise<void> {
    const generation = this._generation;
    try {
      const page = await this.readPage(null);
      const fresh = new Set(page.rows.map(row => this.keyOf(row)));
      const rest = page.nextToken
        ? await this._lookAgain(this._rows.filter(row => !fresh.has(this.keyOf(row))))
        : [];
      if (generation !== this._generation) {
        return;
      }
      // Without rows behind the first page, the next page is the one after it.
      this._nextToken = rest.length ? this._nextToken : page.nextToken;
      this._replace([...page.rows, ...rest]);
      this._error = null;
    } catch (reason) {
      if (generation === this._generation) {
        this._error = SmextError.from(reason);
      }
      throw reason;
    } finally {
      if (generation === this._generation) {
        this._loading = false;
        const interval = this._rows.some(row => this.isBusy(row)) ? BUSY_INTERVAL : QUIET_INTERVAL;
        this._poll.frequency = { ...this._poll.frequency, interval };
        this._changed.emit();
      }
    }
  }

  private async _lookAgain(rows: readonly T[]): Promise<T[]> {
    const stale = new Set(rows.filter(row => this.isBusy(row)).slice(0, MAX_SINGLE_LOOKS));
    const looks = rows.map(row => (stale.has(row) ? this._readRowIfThere(row) : row));
    return (await Promise.all(looks)).filter(row => row !== null) as T[];
  }

  /** The present state of one row; null where it is gone. */
  private async _readRowIfThere(row: T): Promise<T | null> {
    try {
      return await this.readRow(row);
    } catch (reason) {
      if (SmextError.from(reason).envelope.code === 'NotFound') {
        return null;
      }
      throw reason;
    }
  }

  private _replace(rows: T[]): void {
    const busyBefore = new Set(
      this._rows.filter(row => this.isBusy(row)).map(row => this.keyOf(row))
    );
    this._rows = rows;
    for (const row of rows) {
      if (busyBefore.has(this.keyOf(row)) && !this.isBusy(row)) {
        this._settled.emit(row);
      }
    }
  }

  private readonly _poll: Poll;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _settled = new Signal<this, T>(this);
  private _rows: readonly T[] = [];
  private _nextToken: string | null = null;
  private _loading = true;
  private _loadingMore = false;
  private _error: SmextError | null = null;
  private _moreError: SmextError | null = null;
  private _generation = 0;
}

export namespace PagedList {
  export interface IOptions {
    /** Of its poll. */
    name: string;
    smext: ISmext;
    /** Whether anybody can see the list now; nothing is polled otherwise. */
    isWatched: () => boolean;
  }
}
