import { type ISignal, Signal } from '@lumino/signaling';
import type { ILocation } from './location';

/** Tells that what lies below a place is not what it was, so that whoever shows it looks again. */
export class S3Changes {
  get changed(): ISignal<this, ILocation | null> {
    return this._changed;
  }

  /** Null is the list of buckets. */
  tell(location: ILocation | null): void {
    this._changed.emit(location);
  }

  private readonly _changed = new Signal<this, ILocation | null>(this);
}
