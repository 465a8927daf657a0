import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import type { RunningCost } from '../api/types';
import type { ISmext } from '../tokens';

/** Milliseconds between two looks while nothing starts or ends: instances of endpoints scale by themselves. */
const INTERVAL = 5 * 60_000;

/** What runs now costs by the hour. Where it cannot be told, nothing is said: the lists below say why. */
export class RunningCostModel {
  constructor(
    private readonly _smext: ISmext,
    isWatched: () => boolean
  ) {
    this._poll = new Poll({
      auto: false,
      name: 'jupyter-smext:running-cost',
      factory: () => this._read(),
      frequency: { interval: INTERVAL, backoff: true, max: 4 * INTERVAL },
      standby: () => !isWatched() || document.hidden
    });
    void _smext.ready.then(() => this._poll.start());
  }

  /** Null as long as nobody knows. */
  get cost(): RunningCost | null {
    return this._cost;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Something started or ended: look now. */
  wake(): void {
    void this._smext.ready.then(() => this._poll.refresh());
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  private async _read(): Promise<void> {
    try {
      const { api } = this._smext;
      this._cost = await api.call(api.poll.POST('/jupyter-smext/api/endpoints/running-cost'));
    } catch (reason) {
      this._cost = null;
      throw reason;
    } finally {
      this._changed.emit();
    }
  }

  private readonly _poll: Poll;
  private readonly _changed = new Signal<this, void>(this);
  private _cost: RunningCost | null = null;
}
