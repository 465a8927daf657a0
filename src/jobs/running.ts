import type { IRunningSessions } from '@jupyterlab/running';
import type { TranslationBundle } from '@jupyterlab/translation';
import { type ISignal, Signal } from '@lumino/signaling';
import { formatRelative } from '../common/format';
import { jobStatus } from '../common/status';
import { jobIcon } from './icon';
import type { JobsModel } from './model';

/** Jobs in progress, for JupyterLab's panel of what runs. */
export class RunningJobs implements IRunningSessions.IManager {
  constructor(private readonly _options: RunningJobs.IOptions) {
    const { model, trans } = _options;
    this.name = trans.__('SageMaker jobs');
    this.shutdownLabel = trans.__('Stop…');
    // The panel offers one button for all. Stopping every job of an account in one go is never what is meant.
    this.shutdownAllLabel = trans.__('Show All');
    this.shutdownAllConfirmationText = trans.__(
      'Training jobs are stopped one by one in the SageMaker panel. This opens it and stops nothing.'
    );
    model.changed.connect(() => this._runningChanged.emit());
  }

  readonly name: string;
  readonly shutdownLabel: string;
  readonly shutdownAllLabel: string;
  readonly shutdownAllConfirmationText: string;

  get runningChanged(): ISignal<this, void> {
    return this._runningChanged;
  }

  running(): IRunningSessions.IRunningItem[] {
    const { model, trans, open, stop } = this._options;
    return model.rows.map(job => ({
      label: () => job.training_job_name,
      labelTitle: () => jobStatus(job.training_job_status, trans).word,
      detail: () => formatRelative(job.creation_time),
      icon: () => jobIcon,
      open: () => open(job.training_job_name),
      shutdown: () => stop(job.training_job_name)
    }));
  }

  shutdownAll(): void {
    this._options.openPanel();
  }

  refreshRunning(): void {
    void this._options.model.refresh();
  }

  private readonly _runningChanged = new Signal<this, void>(this);
}

export namespace RunningJobs {
  export interface IOptions {
    model: JobsModel;
    trans: TranslationBundle;
    open: (name: string) => void;
    stop: (name: string) => void;
    openPanel: () => void;
  }
}
