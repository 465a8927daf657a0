import { type ISignal, Signal } from '@lumino/signaling';
import type { Place } from '../../api/types';
import { type ILocation, uriOf } from '../location';
import type { PlacesService } from './service';

/** Milliseconds that a place is looked at before it counts as visited. */
const VISIT = 3000;
const MOST_RECENT = 20;

/** The places in S3 that the user keeps: pinned ones, and those visited lately. Kept by the server, for all tabs. */
export class PlacesModel {
  constructor(private readonly _service: PlacesService) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get pinned(): readonly Place[] {
    return this._pinned;
  }

  /** The latest first. */
  get recent(): readonly Place[] {
    return this._recent;
  }

  isPinned(location: ILocation): boolean {
    return this._pinned.some(each => each.uri === uriOf(location));
  }

  /** Read what is kept. Without it nothing is pinned; that is no reason to trouble anybody. */
  async load(): Promise<void> {
    const kept = await this._service.read().catch(() => null);
    if (kept) {
      this._take(kept.pinned, kept.recent);
    }
  }

  /** Pin a place, or unpin it. Throws a SmextError. */
  async toggle(location: ILocation): Promise<void> {
    const place = placeAt(location);
    await this._change((pinned, recent) => [
      this.isPinned(location) ? pinned.filter(each => each.uri !== place.uri) : [...pinned, place],
      recent
    ]);
  }

  /** A place is being looked at. */
  visit(location: ILocation): void {
    window.clearTimeout(this._visiting);
    this._visiting = window.setTimeout(() => {
      const place = placeAt(location);
      if (this._recent[0]?.uri !== place.uri) {
        this._change((pinned, recent) => [
          pinned,
          [place, ...recent.filter(each => each.uri !== place.uri)].slice(0, MOST_RECENT)
        ]).catch(() => undefined);
      }
    }, VISIT);
  }

  /** Other tabs may have kept something meanwhile: change what is kept now, not what was read once. */
  private async _change(
    change: (
      pinned: readonly Place[],
      recent: readonly Place[]
    ) => [readonly Place[], readonly Place[]]
  ): Promise<void> {
    const kept = await this._service.read();
    this._take(kept.pinned, kept.recent);
    const [pinned, recent] = change(this._pinned, this._recent);
    const written = await this._service.write({ pinned: [...pinned], recent: [...recent] });
    this._take(written.pinned, written.recent);
  }

  private _take(pinned: readonly Place[], recent: readonly Place[]): void {
    this._pinned = pinned;
    this._recent = recent;
    this._changed.emit();
  }

  private readonly _changed = new Signal<this, void>(this);
  private _pinned: readonly Place[] = [];
  private _recent: readonly Place[] = [];
  private _visiting = 0;
}

function placeAt(location: ILocation): Place {
  return { ...location, uri: uriOf(location), region: null, name: null };
}
