import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { ISmext } from '../tokens';

export interface IWatchOptions {
  /** Of the poll, for whoever looks at all polls of the page. */
  name: string;
  /** Milliseconds between two looks at what changes. */
  busy: number;
  /** Milliseconds between two looks at what rests, and the longest pause after failures. */
  quiet: number;
}

/** Something at AWS, kept up to date while somebody looks at it. */
export abstract class WatchedModel implements IDisposable {
  constructor(
    protected readonly smext: ISmext,
    { name, busy, quiet }: IWatchOptions
  ) {
    this._poll = new Poll({
      auto: false,
      name: `jupyter-smext:${name}`,
      factory: () => this._refresh(),
      frequency: { interval: busy, backoff: true, max: quiet },
      standby: () => !this._active || document.hidden
    });
    smext.problemChanged.connect(this.emitChanged, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Why the last look failed, or why none is possible; null where all is well. */
  get error(): SmextError | null {
    return this._error ?? this.smext.problem;
  }

  /** Look at it, or stop looking. */
  set active(active: boolean) {
    if (this._active === active) {
      return;
    }
    this._active = active;
    this.activated(active);
    if (active) {
      void this.smext.ready.then(async () => {
        await this._poll.start();
        await this._poll.refresh();
      });
    }
  }

  /** Look now. It does not throw: `error` says what went wrong. */
  refresh(): Promise<void> {
    return this._refresh().catch(() => undefined);
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  /** Ask AWS. What it throws is the `error`. */
  protected abstract look(): Promise<void>;

  /** Whether a failure means that there is nothing more to look at. */
  protected isOver(_error: SmextError): boolean {
    return false;
  }

  /** Somebody looks, or does not any more. */
  protected activated(_active: boolean): void {
    // Most have nothing else to keep up to date.
  }

  /** Look soon where somebody looks: AWS has news. */
  protected wake(): void {
    if (this._active) {
      void this._poll.refresh();
    }
  }

  /** Milliseconds until the next look. */
  protected set interval(interval: number) {
    this._poll.frequency = { ...this._poll.frequency, interval };
  }

  /** AWS has answered, whatever else a look asks for. */
  protected answered(): void {
    this._error = null;
    this._changed.emit();
  }

  protected emitChanged(): void {
    this._changed.emit();
  }

  /** Poll and events may ask at once: the older answer must not come last, and nothing be read twice. */
  private _refresh(): Promise<void> {
    this._refreshing ??= this._look().finally(() => (this._refreshing = null));
    return this._refreshing;
  }

  private async _look(): Promise<void> {
    try {
      await this.look();
      this._error = null;
    } catch (reason) {
      this._error = SmextError.from(reason);
      if (!this.isOver(this._error)) {
        throw reason;
      }
      await this._poll.stop();
    } finally {
      this._changed.emit();
    }
  }

  private readonly _poll: Poll;
  private readonly _changed = new Signal<this, void>(this);
  private _error: SmextError | null = null;
  private _refreshing: Promise<void> | null = null;
  private _active = false;
}
