import { SmextError } from '../api/client';
import type { MetricSeries, TrainingJob } from '../api/types';
import { WatchedModel } from '../common/watchedModel';
import type { IJobEvent, ISmext, ISmextEvents } from '../tokens';
import { LogModel } from './logModel';
import { isRunning } from './model';
import type { JobsService } from './service';

/** Milliseconds between two looks at a job that runs, and at one that has ended. */
const BUSY_INTERVAL = 3_000;
const ENDED_INTERVAL = 5 * 60_000;

/** One training job: what AWS says about it, its metrics and its log, kept up to date while someone looks. */
export class JobModel extends WatchedModel {
  constructor(
    private readonly _service: JobsService,
    smext: ISmext,
    readonly name: string
  ) {
    super(smext, { name: `job:${name}`, busy: BUSY_INTERVAL, quiet: ENDED_INTERVAL });
    this.log = new LogModel(_service, name);
    smext.events.job.connect(this._onEvent, this);
  }

  readonly log: LogModel;

  /** Null until AWS answered. */
  get job(): TrainingJob | null {
    return this._job;
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

  /** Ask AWS to stop the job. */
  async stop(): Promise<void> {
    this._stopping = true;
    this.emitChanged();
    try {
      this._set(await this._service.stop(this.name));
    } finally {
      this._stopping = false;
      this.emitChanged();
    }
  }

  dispose(): void {
    this.log.dispose();
    super.dispose();
  }

  protected activated(active: boolean): void {
    this.log.active = active;
  }

  protected async look(): Promise<void> {
    // The metrics of a job that has ended are complete once they were read after its end.
    const wasOver = this._job !== null && !isRunning(this._job);
    this._set(await this._service.describe(this.name));
    this.answered();
    if (!wasOver || !this._metricsComplete) {
      await this._readMetrics();
    }
  }

  private _set(job: TrainingJob): void {
    this._job = job;
    const settled = !isRunning(job) && (this._metricsComplete || this._metricsError !== null);
    this.interval = settled ? ENDED_INTERVAL : BUSY_INTERVAL;
    this.emitChanged();
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

  private _onEvent(_: ISmextEvents, event: IJobEvent): void {
    if (event.training_job_name === this.name) {
      this.wake();
    }
  }

  private _job: TrainingJob | null = null;
  private _metrics: readonly MetricSeries[] | null = null;
  private _metricsCursor: string | null = null;
  private _metricsComplete = false;
  private _metricsError: SmextError | null = null;
  private _onlyFinal = false;
  private _unreadable: Readonly<Record<string, string>> = {};
  private _stopping = false;
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
