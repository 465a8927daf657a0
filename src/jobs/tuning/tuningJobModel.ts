import { SmextError } from '../../api/client';
import type { HyperParameterTuningJob, Trial, TuningCost } from '../../api/types';
import { WatchedModel } from '../../common/watchedModel';
import type { ISmext, ISmextEvents, ITuningEvent } from '../../tokens';
import { isTuning } from './model';
import type { TuningService } from './service';

/** Milliseconds between two looks at a tuning job that runs, for each call that AWS needs for its trials. */
const BUSY_INTERVAL = 3_000;
/** Milliseconds between two looks at one that has ended. */
const ENDED_INTERVAL = 5 * 60_000;

const TRIALS_A_CALL = 100;

/** One tuning job: what AWS says about it and its training jobs, kept up to date while someone looks. */
export class TuningJobModel extends WatchedModel {
  constructor(
    private readonly _service: TuningService,
    smext: ISmext,
    readonly name: string
  ) {
    super(smext, { name: `tuning-job:${name}`, busy: BUSY_INTERVAL, quiet: ENDED_INTERVAL });
    smext.events.tuning.connect(this._onEvent, this);
  }

  /** Null until AWS answered. */
  get job(): HyperParameterTuningJob | null {
    return this._job;
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
    return this.smext.identity?.sandbox === true;
  }

  /** Ask AWS to stop the tuning job and its training jobs. */
  async stop(): Promise<void> {
    this._stopping = true;
    this.emitChanged();
    try {
      this._job = await this._service.stop(this.name);
    } finally {
      this._stopping = false;
      this.emitChanged();
    }
    await this.refresh();
  }

  protected async look(): Promise<void> {
    try {
      this._job = await this._service.describe(this.name);
      this.answered();
      await this._readTrials(this._job);
    } finally {
      this.interval = this._pause;
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

  private get _pause(): number {
    if (this._job && !isTuning(this._job)) {
      return ENDED_INTERVAL;
    }
    return BUSY_INTERVAL * Math.max(1, Math.ceil((this._trials?.length ?? 0) / TRIALS_A_CALL));
  }

  private _onEvent(_: ISmextEvents, event: ITuningEvent): void {
    if (event.hyper_parameter_tuning_job_name === this.name) {
      this.wake();
    }
  }

  private _job: HyperParameterTuningJob | null = null;
  private _trials: readonly Trial[] | null = null;
  private _cost: TuningCost | null = null;
  private _trialsError: SmextError | null = null;
  private _complete = false;
  private _stopping = false;
}
