import { SmextError } from '../api/client';
import type { Endpoint, InvokeResult } from '../api/types';
import { WatchedModel } from '../common/watchedModel';
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
export class EndpointModel extends WatchedModel {
  constructor(
    private readonly _service: EndpointsService,
    smext: ISmext,
    readonly name: string
  ) {
    super(smext, { name: `endpoint:${name}`, busy: BUSY_INTERVAL, quiet: QUIET_INTERVAL });
    smext.events.endpoint.connect(this._onEvent, this);
  }

  /** Null until AWS answered. */
  get endpoint(): Endpoint | null {
    return this._endpoint;
  }

  /** It was here and is no more. */
  get gone(): boolean {
    return this._endpoint !== null && this.error?.envelope.code === 'NotFound';
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
    this.emitChanged();
  }

  /** A call is under way. */
  get calling(): boolean {
    return this._calling;
  }

  /** Send a payload; one at a time. Its outcome is the first of `calls`. */
  async invoke(payload: IPayload): Promise<void> {
    if (this._calling) {
      return;
    }
    this._calling = true;
    this.emitChanged();
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
    this.emitChanged();
  }

  protected async look(): Promise<void> {
    this._endpoint = await this._service.describe(this.name);
    this.interval = isChanging(this._endpoint) ? BUSY_INTERVAL : QUIET_INTERVAL;
  }

  protected isOver(): boolean {
    return this.gone;
  }

  private _onEvent(_: ISmextEvents, event: IEndpointEvent): void {
    if (event.endpoint_name === this.name) {
      this.wake();
    }
  }

  private _endpoint: Endpoint | null = null;
  private _calls: readonly ICall[] = [];
  private _draft = EMPTY;
  private _calling = false;
  private _lastId = 0;
}
