import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { PreflightResult } from '../api/types';
import type { EstimatorsService, SpecValues } from './service';

/** What the last preflight of a document found. It has no side effect in AWS. */
export class PreflightModel implements IDisposable {
  constructor(
    private readonly _service: EstimatorsService,
    private readonly _document: () => string
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Null: none was made since the document was changed. */
  get result(): PreflightResult | null {
    return this._result;
  }

  get running(): boolean {
    return this._running;
  }

  /** Why there is no result. */
  get error(): SmextError | null {
    return this._error;
  }

  /** The last preflight held a launch back. */
  get holdsBack(): boolean {
    return this._holdsBack;
  }

  /** Look at a spec. */
  async run(spec: SpecValues): Promise<void> {
    this._set(null, true);
    try {
      this._set(await this._service.preflight(spec, this._document()), false);
    } catch (reason) {
      this._error = SmextError.from(reason);
      this._set(null, false);
    }
  }

  /**
   * Look at a spec before it is launched; false: what was found is for a person to decide on.
   *
   * Errors and warnings are. What could not be looked at is not, and neither is a preflight that could not be made: a
   * launch that would fail is refused by AWS in the end.
   */
  async allows(spec: SpecValues): Promise<boolean> {
    await this.run(spec);
    const found = this._result?.findings ?? [];
    this._holdsBack = found.some(({ level }) => level === 'error' || level === 'warning');
    this._changed.emit();
    return !this._holdsBack;
  }

  /** The document was changed: what was found is no longer about it. */
  clear(): void {
    if (this._result || this._error) {
      this._error = null;
      this._set(null, this._running);
    }
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    Signal.clearData(this);
  }

  private _set(result: PreflightResult | null, running: boolean): void {
    this._result = result;
    this._running = running;
    this._holdsBack = false;
    if (running) {
      this._error = null;
    }
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _result: PreflightResult | null = null;
  private _running = false;
  private _error: SmextError | null = null;
  private _holdsBack = false;
  private _isDisposed = false;
}
