import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { Explanation } from '../api/types';
import type { IRefusal } from '../common/whyButton';
import { RemedyModel } from './remedyModel';
import type { IamService } from './service';
import type { IRestorable } from './tab';

/** An error text, what it means and what can be done about it. */
export class DoctorModel implements IRestorable {
  constructor(private readonly _service: IamService) {}

  get refusal(): IRefusal {
    return this._refusal;
  }

  /** What the text says; null as long as nobody asked. */
  get explanation(): Explanation | null {
    return this._explanation;
  }

  /** What can be done; null where no permission is the matter. */
  get remedy(): RemedyModel | null {
    return this._remedy;
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

  get state(): Record<string, string | undefined> {
    return { ...this._refusal };
  }

  /** Another text: what was said about the one before is no longer shown. */
  setText(text: string): void {
    if (text !== this._refusal.text) {
      this._refusal = { text };
      this._show(null, null);
    }
  }

  /** Explain a refusal; the last one where none is given. */
  async explain(refusal: IRefusal = this._refusal): Promise<void> {
    this._refusal = refusal;
    this._busy = true;
    this._changed.emit();
    let explanation: Explanation | null = null;
    let error: SmextError | null = null;
    try {
      explanation = await this._service.explain(refusal);
    } catch (reason) {
      error = SmextError.from(reason);
    }
    // An answer to a text that is no longer there helps nobody.
    if (refusal === this._refusal && !this._isDisposed) {
      this._show(explanation, error);
    }
  }

  dispose(): void {
    this._isDisposed = true;
    this._remedy?.dispose();
    Signal.clearData(this);
  }

  private _show(explanation: Explanation | null, error: SmextError | null): void {
    this._remedy?.dispose();
    this._explanation = explanation;
    this._remedy =
      explanation?.kind === 'iam'
        ? new RemedyModel(
            this._service,
            explanation,
            explanation.principal ?? this._refusal.principal ?? null
          )
        : null;
    this._error = error;
    this._busy = false;
    this._changed.emit();
  }

  private _refusal: IRefusal = { text: '' };
  private _explanation: Explanation | null = null;
  private _remedy: RemedyModel | null = null;
  private _error: SmextError | null = null;
  private _busy = false;
  private _isDisposed = false;
  private readonly _changed = new Signal<this, void>(this);
}
