import { type Popup, showPopup } from '@jupyterlab/statusbar';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Task } from '../api/types';
import { formatPercent } from '../common/format';
import { sagemakerIcon } from '../panel/icon';
import { isFinal, type TasksModel } from './model';
import { retry } from './retry';
import { shareOf, TaskList } from './view';

/** The status bar's summary of what is under way; a click lists it. */
export class TasksStatusItem extends ReactWidget {
  constructor(
    private readonly _model: TasksModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-smext-TasksStatus');
    this.addClass('jp-mod-highlighted');
  }

  /** Open the list, or close it. */
  toggle(): void {
    if (this._popup && !this._popup.isDisposed) {
      this._popup.dispose();
      return;
    }
    const body = new TasksPopup(this._model, this._trans);
    this._popup = showPopup({ body, anchor: this, align: 'left', hasDynamicSize: true });
    this._popup.disposed.connect(this._focusButton, this);
    body.activate();
  }

  protected render(): React.ReactElement {
    const trans = this._trans;
    return (
      <UseSignal signal={this._model.changed}>
        {() => (
          <button
            type="button"
            aria-haspopup="dialog"
            title={trans.__('Show transfers and other long operations of Amazon SageMaker')}
            onClick={() => this.toggle()}
          >
            <sagemakerIcon.react tag="span" aria-hidden="true" />
            <span>{summary(this._model.tasks, trans)}</span>
          </button>
        )}
      </UseSignal>
    );
  }

  private _focusButton(): void {
    this.node.querySelector('button')?.focus();
  }

  private _popup: Popup | null = null;
}

class TasksPopup extends ReactWidget {
  constructor(
    private readonly _model: TasksModel,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-smext-TasksPopup');
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'dialog');
    this.node.setAttribute('aria-label', this._trans.__('Transfers and other long operations'));
  }

  protected onActivateRequest(): void {
    this.node.focus();
  }

  protected render(): React.ReactElement {
    const model = this._model;
    const trans = this._trans;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <>
            <div className="jp-smext-TasksPopup-header">
              <span>{trans.__('Transfers and other long operations')}</span>
              {model.tasks.some(isFinal) && (
                <button
                  type="button"
                  className="jp-smext-LinkButton"
                  onClick={() => model.clearFinished()}
                >
                  {trans.__('Clear finished')}
                </button>
              )}
            </div>
            {model.tasks.length === 0 ? (
              <p className="jp-smext-TasksPopup-empty">{trans.__('Nothing is under way.')}</p>
            ) : (
              <TaskList
                tasks={model.tasks}
                onCancel={id => void model.cancel(id)}
                onRetry={id => void retry(id, model, trans)}
                trans={trans}
              />
            )}
          </>
        )}
      </UseSignal>
    );
  }
}

function summary(tasks: readonly Task[], trans: TranslationBundle): string {
  const active = tasks.filter(each => !isFinal(each));
  if (active.length === 0) {
    const failed = tasks.filter(each => each.state === 'failed').length;
    return failed > 0 ? trans._n('%1 failed', '%1 failed', failed) : trans.__('Done');
  }
  const shares = active.map(shareOf).filter(each => each !== null);
  const words = trans._n('%1 operation', '%1 operations', active.length);
  return shares.length === active.length
    ? `${words} ${formatPercent(shares.reduce((sum, each) => sum + each, 0) / shares.length)}`
    : words;
}
