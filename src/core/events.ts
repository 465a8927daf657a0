import type { Event } from '@jupyterlab/services';
import { type ISignal, Signal } from '@lumino/signaling';
import type {
  IEndpointEvent,
  IJobEvent,
  ISmextEvents,
  IStudioEvent,
  ITaskEvent,
  ITuningEvent
} from '../tokens';

const SCHEMAS = 'https://schema.jupyter.org/jupyter_smext/';

/** Sorts the Jupyter server's event stream into one signal for each of our schemas. */
export class SmextEvents implements ISmextEvents {
  constructor(events: Event.IManager) {
    events.stream.connect(this._dispatch, this);
  }

  get task(): ISignal<ISmextEvents, ITaskEvent> {
    return this._task;
  }

  get job(): ISignal<ISmextEvents, IJobEvent> {
    return this._job;
  }

  get tuning(): ISignal<ISmextEvents, ITuningEvent> {
    return this._tuning;
  }

  get endpoint(): ISignal<ISmextEvents, IEndpointEvent> {
    return this._endpoint;
  }

  get studio(): ISignal<ISmextEvents, IStudioEvent> {
    return this._studio;
  }

  private _dispatch(_: Event.IManager, { schema_id, ...data }: Event.Emission): void {
    const event = data as unknown;
    switch (schema_id) {
      case `${SCHEMAS}task/v1`:
        this._task.emit(event as ITaskEvent);
        break;
      case `${SCHEMAS}job/v1`:
        this._job.emit(event as IJobEvent);
        break;
      case `${SCHEMAS}tuning/v1`:
        this._tuning.emit(event as ITuningEvent);
        break;
      case `${SCHEMAS}endpoint/v1`:
        this._endpoint.emit(event as IEndpointEvent);
        break;
      case `${SCHEMAS}studio/v1`:
        this._studio.emit(event as IStudioEvent);
        break;
    }
  }

  private readonly _task = new Signal<ISmextEvents, ITaskEvent>(this);
  private readonly _job = new Signal<ISmextEvents, IJobEvent>(this);
  private readonly _tuning = new Signal<ISmextEvents, ITuningEvent>(this);
  private readonly _endpoint = new Signal<ISmextEvents, IEndpointEvent>(this);
  private readonly _studio = new Signal<ISmextEvents, IStudioEvent>(this);
}
