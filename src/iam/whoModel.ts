import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { WhoAmI } from '../api/types';
import type { ISmext } from '../tokens';
import type { IamService } from './service';

/** Caller and execution role with their policies, as far as they can be seen. Asked for when somebody looks. */
export class WhoModel {
  constructor(
    private readonly _service: IamService,
    private readonly _smext: ISmext
  ) {
    _smext.identityChanged.connect(this._onIdentityChanged, this);
  }

  /** The last answer; null as long as there is none. */
  get who(): WhoAmI | null {
    return this._who;
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
    if (!this._who && !this._busy && !this._error) {
      void this.refresh();
    }
  }

  /** Ask AWS again. */
  async refresh(): Promise<void> {
    this._busy = true;
    this._changed.emit();
    try {
      await this._smext.ready;
      this._who = await this._service.whoAmI(this._who !== null);
      this._error = null;
    } catch (reason) {
      this._error = SmextError.from(reason);
    }
    this._busy = false;
    this._changed.emit();
  }

  /** Somebody else may be at work here now. */
  private _onIdentityChanged(): void {
    if (this._who && this._smext.identity?.caller_arn !== this._who.caller_arn) {
      void this.refresh();
    }
  }

  private _who: WhoAmI | null = null;
  private _error: SmextError | null = null;
  private _busy = false;
  private readonly _changed = new Signal<this, void>(this);
}
