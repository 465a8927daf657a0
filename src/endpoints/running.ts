import type { IRunningSessions } from '@jupyterlab/running';
import type { TranslationBundle } from '@jupyterlab/translation';
import { type ISignal, Signal } from '@lumino/signaling';
import { formatRelative } from '../common/format';
import { endpointStatus } from '../common/status';
import { endpointIcon } from './icon';
import type { EndpointsModel } from './model';

/** Endpoints, for JupyterLab's panel of what runs. They are deleted in their own tab, with the plan in view. */
export class RunningEndpoints implements IRunningSessions.IManager {
  constructor(private readonly _options: RunningEndpoints.IOptions) {
    const { model, trans } = _options;
    this.name = trans.__('SageMaker endpoints');
    // The panel offers one button for all. Deleting every endpoint of an account in one go is never what is meant.
    this.shutdownAllLabel = trans.__('Show All');
    this.shutdownAllConfirmationText = trans.__(
      'Endpoints are deleted one by one in the SageMaker panel. This opens it and deletes nothing.'
    );
    model.changed.connect(() => this._runningChanged.emit());
  }

  readonly name: string;
  readonly shutdownAllLabel: string;
  readonly shutdownAllConfirmationText: string;

  get runningChanged(): ISignal<this, void> {
    return this._runningChanged;
  }

  running(): IRunningSessions.IRunningItem[] {
    const { model, trans, open } = this._options;
    return model.rows.map(endpoint => ({
      label: () => endpoint.endpoint_name,
      labelTitle: () => endpointStatus(endpoint.endpoint_status, trans).word,
      detail: () => formatRelative(endpoint.creation_time),
      icon: () => endpointIcon,
      open: () => open(endpoint.endpoint_name)
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

export namespace RunningEndpoints {
  export interface IOptions {
    model: EndpointsModel;
    trans: TranslationBundle;
    open: (name: string) => void;
    openPanel: () => void;
  }
}
