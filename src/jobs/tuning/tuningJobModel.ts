import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../../api/client';
import type { HyperParameterTuningJob, Trial, TuningCost } from '../../api/types';
import type { ISmext, ISmextEvents, ITuningEvent } from '../../tokens';
import { isTuning } from './model';
import type { TuningService } from './service';

/** Milliseconds between two looks at a tuning job that runs, for each call that AWS needs for its trials. */
const BUSY_INTERVAL = 3_000;
/** Milliseconds between two looks at one that has ended. */
const ENDED_INTERVAL = 5 * 60_000;

const TRIALS_A_CALL = 100;

/** One tuning job: what AWS says about it and its training jobs, kept up to date while someone looks. */
export class TuningJobModel implements IDisposable {
  constructor(
    private readonly _service: TuningService,
    private readonly _smext: ISmext,
    readonly name: string
  ) {
    this._poll = new Poll({
      auto: false,
      name: `jupyter-smext:tuning-job:${name}`,
      factory: () => this._refresh(),
      frequency: { interval: BUSY_INTERVAL, backoff: true, max: ENDED_INTERVAL },
      standby: () => !this._active || document.hidden
    });
    _smext.events.tuning.connect(this._onEvent, this);
    _smext.problemChanged.connect(this._emitChanged, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Null until AWS answered. */
  get job(): HyperParameterTuningJob | null {
    return this._job;
  }

  get error(): SmextError | null {
    return this._error ?? this._smext.problem;
  }

  /** In the order of their creation; null until the first answer. */
  get trials(): readonly Trial[] | null {
    return this._trials;
  }

  /** Null as long as nobody knows. */
  get cost(): TuningCost | null {
    return this._cost;
  }

  get trialsError(): SmextError | null {
    return this._trialsError;
  }

  get stopping(): boolean {
    return this._stopping || this._job?.hyper_parameter_tuning_job_status === 'Stopping';
  }

  /** True where the far end is the embedded sandbox, which bills nothing. */
  get isSandbox(): boolean {
    return this._smext.identity?.sandbox === true;
  }

  /** Look at the tuning job, or stop looking. */
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

  /** Ask AWS to stop the tuning job and its training jobs. */
  async stop(): Promise<void> {
    this._stopping = true;
    this._changed.emit();
    try {
      this._job = await this._service.stop(this.name);
    } finally {
      this._stopping = false;
      this._changed.emit();
    }
    await this.refresh();
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
    Signal.clearData(this);
  }

  /** Poll and events may ask at once; the older answer must not come last. */
  private _refresh(): Promise<void> {
    this._refreshing ??= this._look().finally(() => (this._refreshing = null));
    return this._refreshing;
  }

  private async _look(): Promise<void> {
    try {
      this._job = await this._service.describe(this.name);
      this._error = null;
      this._changed.emit();
      await this._readTrials(this._job);
    } catch (reason) {
      this._error = SmextError.from(reason);
      throw reason;
    } finally {
      const { frequency } = this._poll;
      this._poll.frequency = { ...frequency, interval: this._interval };
      this._changed.emit();
    }
  }

  private async _readTrials(job: HyperParameterTuningJob): Promise<void> {
    if (this._complete) {
      return;
    }
    try {
      const { trials, cost } = await this._service.trials(this.name);
      this._trials = trials;
      this._cost = cost;
      this._trialsError = null;
      // They were read after the job was seen at its end.
      this._complete = !isTuning(job);
    } catch (reason) {
      this._trialsError = SmextError.from(reason);
    }
  }

  private get _interval(): number {
    if (this._job && !isTuning(this._job)) {
      return ENDED_INTERVAL;
    }
    return BUSY_INTERVAL * Math.max(1, Math.ceil((this._trials?.length ?? 0) / TRIALS_A_CALL));
  }

  private _emitChanged(): void {
    this._changed.emit();
  }

  private _onEvent(_: ISmextEvents, event: ITuningEvent): void {
    if (event.hyper_parameter_tuning_job_name === this.name && this._active) {
      void this._poll.refresh();
    }
  }

  private readonly _poll: Poll;
  private readonly _changed = new Signal<this, void>(this);
  private _job: HyperParameterTuningJob | null = null;
  private _error: SmextError | null = null;
  private _trials: readonly Trial[] | null = null;
  private _cost: TuningCost | null = null;
  private _trialsError: SmextError | null = null;
  private _complete = false;
  private _refreshing: Promise<void> | null = null;
  private _stopping = false;
  private _active = false;
}
