import type { Event } from '@jupyterlab/services';
import { PromiseDelegate } from '@lumino/coreutils';
import { type ISignal, Signal } from '@lumino/signaling';
import { type ApiClient, SmextError } from '../api/client';
import type { Identity } from '../api/types';
import type { IAdminPolicy, ISmext, ISmextEvents } from '../tokens';
import { AdminPolicy } from './adminPolicy';
import { SmextEvents } from './events';
import { shakeHands } from './handshake';

/** The state that every room shares: is the server part there, and who are we. */
export class Smext implements ISmext {
  constructor(
    readonly api: ApiClient,
    events: Event.IManager
  ) {
    this.events = new SmextEvents(events);
  }

  readonly events: ISmextEvents;
  readonly adminPolicy: IAdminPolicy = new AdminPolicy(this);

  get ready(): Promise<void> {
    return this._ready.promise;
  }

  get problem(): SmextError | null {
    return this._problem;
  }

  get problemChanged(): ISignal<ISmext, SmextError | null> {
    return this._problemChanged;
  }

  get identity(): Identity | null {
    return this._identity;
  }

  get identityChanged(): ISignal<ISmext, Identity | null> {
    return this._identityChanged;
  }

  async check(): Promise<void> {
    try {
      await shakeHands(this.api);
      this._setProblem(null);
      this._ready.resolve();
    } catch (reason) {
      this._setProblem(SmextError.from(reason));
    }
  }

  async refreshIdentity(): Promise<Identity> {
    const refresh = this._identity !== null;
    try {
      this._identity = await this.api.call(
        this.api.http.GET('/jupyter-smext/api/identity', { params: { query: { refresh } } })
      );
    } catch (reason) {
      this._identity = null;
      throw reason;
    } finally {
      this._identityChanged.emit(this._identity);
    }
    return this._identity;
  }

  private _setProblem(problem: SmextError | null): void {
    this._problem = problem;
    this._problemChanged.emit(problem);
  }

  private readonly _ready = new PromiseDelegate<void>();
  private _problem: SmextError | null = null;
  private _identity: Identity | null = null;
  private readonly _problemChanged = new Signal<ISmext, SmextError | null>(this);
  private readonly _identityChanged = new Signal<ISmext, Identity | null>(this);
}
