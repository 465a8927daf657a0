import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { Endpoint, InvokeResult } from '../api/types';
import type { IEndpointEvent, ISmext, ISmextEvents } from '../tokens';
import { isChanging } from './model';
import type { EndpointsService } from './service';

/** Milliseconds between two looks at an endpoint that changes, and at one that rests. */
const BUSY_INTERVAL = 3_000;
const QUIET_INTERVAL = 60_000;

/** A payload as it was sent. */
export interface IPayload {
  body: string;
  content_type: string;
  accept: string;
}

/** A payload and what became of it. */
export interface ICall {
  readonly id: number;
  readonly payload: IPayload;
  /** Milliseconds since the epoch. */
  readonly sent: number;
  readonly result: InvokeResult | null;
  readonly error: SmextError | null;
}

/** What is sent as long as nobody says otherwise. */
const EMPTY: IPayload = { body: '', content_type: 'text/csv', accept: 'application/json' };

/** Calls that are remembered. */
const MAX_CALLS = 50;

/** One endpoint: what AWS says about it, and the calls of this session. */
export class EndpointModel implements IDisposable {
  constructor(
    private readonly _service: EndpointsService,
    private readonly _smext: ISmext,
    readonly name: string
  ) {
    this._poll = new Poll({
      auto: false,
      name: `jupyter-smext:endpoint:${name}`,
      factory: () => this._refresh(),
      frequency: { interval: BUSY_INTERVAL, backoff: true, max: 60_000 },
      standby: () => !this._active || document.hidden
    });
    _smext.events.endpoint.connect(this._onEvent, this);
    _smext.problemChanged.connect(this._emitChanged, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Null until AWS answered. */
  get endpoint(): Endpoint | null {
    return this._endpoint;
  }

  get error(): SmextError | null {
    return this._error ?? this._smext.problem;
  }

  /** It was here and is no more. */
  get gone(): boolean {
    return this._endpoint !== null && this._error?.envelope.code === 'NotFound';
  }

  /** The calls of this session, newest first. */
  get calls(): readonly ICall[] {
    return this._calls;
  }

  /** What a person is about to send. */
  get draft(): IPayload {
    return this._draft;
  }

  set draft(draft: IPayload) {
    this._draft = draft;
    this._changed.emit();
  }

  /** A call is under way. */
  get calling(): boolean {
    return this._calling;
  }

  /** Look at the endpoint, or stop looking. */
  set active(active: boolean) {
    if (this._active === active) {
      return;
    }
    this._active = active;
    if (active) {
      void this._smext.ready.then(async () => {
        await this._poll.start();
        await this._poll.refresh();
      });
    }
  }

  /** Look now. It does not throw: `error` says what went wrong. */
  refresh(): Promise<void> {
    return this._refresh().catch(() => undefined);
  }

  /** Send a payload; one at a time. Its outcome is the first of `calls`. */
  async invoke(payload: IPayload): Promise<void> {
    if (this._calling) {
      return;
    }
    this._calling = true;
    this._changed.emit();
    const sent = Date.now();
    let result: InvokeResult | null = null;
    let error: SmextError | null = null;
    try {
      result = await this._service.invoke({
        endpoint_name: this.name,
        body_base64: false,
        target_variant: null,
        ...payload
      });
    } catch (reason) {
      error = SmextError.from(reason);
    }
    this._calling = false;
    const call = { id: ++this._lastId, payload, sent, result, error };
    this._calls = [call, ...this._calls].slice(0, MAX_CALLS);
    this._changed.emit();
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  private async _refresh(): Promise<void> {
    try {
      this._endpoint = await this._service.describe(this.name);
      this._error = null;
      this._poll.frequency = {
        ...this._poll.frequency,
        interval: isChanging(this._endpoint) ? BUSY_INTERVAL : QUIET_INTERVAL
      };
    } catch (reason) {
      this._error = SmextError.from(reason);
      if (this.gone) {
        await this._poll.stop();
        return;
      }
      throw reason;
    } finally {
      this._changed.emit();
    }
  }

  private _onEvent(_: ISmextEvents, event: IEndpointEvent): void {
    if (event.endpoint_name === this.name && this._active) {
      void this.refresh();
    }
  }

  private _emitChanged(): void {
    this._changed.emit();
  }

  private readonly _poll: Poll;
  private readonly _changed = new Signal<this, void>(this);
  private _endpoint: Endpoint | null = null;
  private _error: SmextError | null = null;
  private _calls: readonly ICall[] = [];
  private _draft = EMPTY;
  private _calling = false;
  private _lastId = 0;
  private _active = false;
}
