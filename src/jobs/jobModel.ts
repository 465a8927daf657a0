import type { IDisposable } from '@lumino/disposable';
import { Poll } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import { SmextError } from '../api/client';
import type { MetricSeries, TrainingJob } from '../api/types';
import type { IJobEvent, ISmext, ISmextEvents } from '../tokens';
import { LogModel } from './logModel';
import { isRunning } from './model';
import type { JobsService } from './service';

/** Milliseconds between two looks at a job that runs, and at one that has ended. */
const BUSY_INTERVAL = 3_000;
const ENDED_INTERVAL = 5 * 60_000;

/** One training job: what AWS says about it, its metrics and its log, kept up to date while someone looks. */
export class JobModel implements IDisposable {
  constructor(
    private readonly _service: JobsService,
    private readonly _smext: ISmext,
    readonly name: string
  ) {
    this.log = new LogModel(_service, name);
    this._poll = new Poll({
      auto: false,
      name: `jupyter-smext:job:${name}`,
      factory: () => this._refresh(),
      frequency: { interval: BUSY_INTERVAL, backoff: true, max: ENDED_INTERVAL },
      standby: () => !this._active || document.hidden
    });
    _smext.events.job.connect(this._onEvent, this);
    _smext.problemChanged.connect(this._emitChanged, this);
  }

  readonly log: LogModel;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Null until AWS answered. */
  get job(): TrainingJob | null {
    return this._job;
  }

  get error(): SmextError | null {
    return this._error ?? this._smext.problem;
  }

  /** Every metric with all its values so far; null until the first answer. */
  get metrics(): readonly MetricSeries[] | null {
    return this._metrics;
  }

  /** Only the last value of each metric is known. */
  get onlyFinalMetrics(): boolean {
    return this._onlyFinal;
  }

  /** Metric name -> why its regular expression could not be applied. */
  get unreadableMetrics(): Readonly<Record<string, string>> {
    return this._unreadable;
  }

  get metricsError(): SmextError | null {
    return this._metricsError;
  }

  get stopping(): boolean {
    return this._stopping || this._job?.training_job_status === 'Stopping';
  }

  /** Look at the job, or stop looking. */
  set active(active: boolean) {
    if (this._active === active) {
      return;
    }
    this._active = active;
    this.log.active = active;
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

  /** Ask AWS to stop the job. */
  async stop(): Promise<void> {
    this._stopping = true;
    this._changed.emit();
    try {
      this._set(await this._service.stop(this.name));
    } finally {
      this._stopping = false;
      this._changed.emit();
    }
  }

  get isDisposed(): boolean {
    return this._poll.isDisposed;
  }

  dispose(): void {
    this._poll.dispose();
    this.log.dispose();
    Signal.clearData(this);
  }

  /** Poll and events may ask at once; two looks at the same time would read the same metrics twice. */
  private _refresh(): Promise<void> {
    this._refreshing ??= this._look().finally(() => (this._refreshing = null));
    return this._refreshing;
  }

  private async _look(): Promise<void> {
    try {
      // The metrics of a job that has ended are complete once they were read after its end.
      const wasOver = this._job !== null && !isRunning(this._job);
      this._set(await this._service.describe(this.name));
      this._error = null;
      if (!wasOver || !this._metricsComplete) {
        await this._readMetrics();
      }
    } catch (reason) {
      this._error = SmextError.from(reason);
      throw reason;
    } finally {
      this._changed.emit();
    }
  }

  private _set(job: TrainingJob): void {
    this._job = job;
    const settled = !isRunning(job) && (this._metricsComplete || this._metricsError !== null);
    this._poll.frequency = {
      ...this._poll.frequency,
      interval: settled ? ENDED_INTERVAL : BUSY_INTERVAL
    };
    this._changed.emit();
  }

  private async _readMetrics(): Promise<void> {
    const over = this._job !== null && !isRunning(this._job);
    try {
      const result = await this._service.metrics(this.name, this._metricsCursor);
      this._metricsCursor = result.cursor || null;
      this._unreadable = result.unreadable ?? {};
      const isFinal = result.source === 'final';
      // Values out of the log take the place of the final ones that stood in for them.
      const before = this._onlyFinal && result.series.length ? [] : (this._metrics ?? []);
      this._onlyFinal = isFinal || (this._onlyFinal && !result.series.length);
      this._metrics = merge(before, result.series);
      this._metricsError = null;
      // The last lines may reach CloudWatch shortly after the end; the log knows when they are all there.
      this._metricsComplete = over && result.complete && this.log.finished;
    } catch (reason) {
      this._metricsError = SmextError.from(reason);
    }
  }

  private _emitChanged(): void {
    this._changed.emit();
  }

  private _onEvent(_: ISmextEvents, event: IJobEvent): void {
    if (event.training_job_name === this.name && this._active) {
      void this._poll.refresh();
    }
  }

  private readonly _poll: Poll;
  private readonly _changed = new Signal<this, void>(this);
  private _job: TrainingJob | null = null;
  private _error: SmextError | null = null;
  private _metrics: readonly MetricSeries[] | null = null;
  private _metricsCursor: string | null = null;
  private _metricsComplete = false;
  private _metricsError: SmextError | null = null;
  private _onlyFinal = false;
  private _unreadable: Readonly<Record<string, string>> = {};
  private _refreshing: Promise<void> | null = null;
  private _stopping = false;
  private _active = false;
}

/** The series with new values at their ends. */
function merge(old: readonly MetricSeries[], fresh: readonly MetricSeries[]): MetricSeries[] {
  const byName = new Map(old.map(series => [series.metric_name, series]));
  for (const { metric_name, points } of fresh) {
    const known = byName.get(metric_name)?.points ?? [];
    byName.set(metric_name, { metric_name, points: [...known, ...points] });
  }
  return [...byName.values()];
}
