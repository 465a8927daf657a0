import { type ISignal, Signal } from '@lumino/signaling';
import type { TuningJobSummary } from '../../api/types';
import type { TuningJobsModel } from './model';
import type { TuningService } from './service';

/**
 * The best objective of each tuning job of a list, which AWS tells only of one job at a time.
 *
 * One job is asked for after the other, and again only after training jobs of it have ended.
 */
export class BestObjectives {
  constructor(
    private readonly _service: TuningService,
    private readonly _list: TuningJobsModel
  ) {
    _list.changed.connect(() => void this._read());
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Null where there is none, or as long as nobody knows. */
  of(job: TuningJobSummary): number | null {
    return this._known.get(job.hyper_parameter_tuning_job_name)?.objective ?? null;
  }

  private async _read(): Promise<void> {
    if (this._reading) {
      return;
    }
    this._reading = true;
    for (let job = this._unknown(); job; job = this._unknown()) {
      const name = job.hyper_parameter_tuning_job_name;
      const ended = endedOf(job);
      try {
        const { best_training_job: best } = await this._service.describe(name);
        this._known.set(name, { ended, objective: best?.objective ?? null });
      } catch {
        // The list says what is wrong with the account; a job that cannot be read has no figure.
        this._known.set(name, { ended, objective: null });
      }
      this._changed.emit();
    }
    this._reading = false;
  }

  private _unknown(): TuningJobSummary | undefined {
    return this._list.rows.find(
      job =>
        endedOf(job) > 0 &&
        this._known.get(job.hyper_parameter_tuning_job_name)?.ended !== endedOf(job)
    );
  }

  private readonly _known = new Map<string, { ended: number; objective: number | null }>();
  private readonly _changed = new Signal<this, void>(this);
  private _reading = false;
}

/** How many training jobs may have left an objective. */
function endedOf(job: TuningJobSummary): number {
  const { Completed = 0, Stopped = 0 } = job.training_job_status_counters ?? {};
  return Completed + Stopped;
}
