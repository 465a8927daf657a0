import { type ISignal, Signal } from '@lumino/signaling';
import type { ILocation } from './location';

/** Tells that what lies below a place is not what it was, so that whoever shows it looks again. */
export class S3Changes {
  get changed(): ISignal<this, ILocation> {
    return this._changed;
  }

  tell(location: ILocation): void {
    this._changed.emit(location);
  }

  private readonly _changed = new Signal<this, ILocation>(this);
}
