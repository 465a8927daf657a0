import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { ISmext } from '../tokens';

/** One answer of the server, asked for when somebody first looks, and again when somebody asks for it. */
export abstract class LoadedModel<T> {
  constructor(protected readonly smext: ISmext) {}

  /** The last answer; null as long as there is none. */
  get value(): T | null {
    return this._value;
  }

  get error(): SmextError | null {
    return this._error;
  }

  get busy(): boolean {
    return this._busy;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Ask, unless the answer is there or on its way. */
  wake(): void {
    if (!this._value && !this._busy && !this._error) {
      void this.refresh();
    }
  }

  /** Ask again. It does not throw: `error` says what went wrong. */
  async refresh(): Promise<void> {
    this._busy = true;
    this._changed.emit();
    try {
      await this.smext.ready;
      this._value = await this.load();
      this._error = null;
    } catch (reason) {
      this._error = SmextError.from(reason);
    }
    this._busy = false;
    this._changed.emit();
  }

  protected abstract load(): Promise<T>;

  private _value: T | null = null;
  private _error: SmextError | null = null;
  private _busy = false;
  private readonly _changed = new Signal<this, void>(this);
}
