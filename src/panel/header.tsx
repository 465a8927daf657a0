import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, refreshIcon, UseSignal } from '@jupyterlab/ui-components';
import { type ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';
import { SmextError } from '../api/client';
import { ErrorView } from '../common/errorView';
import type { IRunningSource, ISmext } from '../tokens';
import { IdentityView } from './identityView';

/** The top of the panel: who we are, where, and what is running. */
export class PanelHeader extends ReactWidget {
  constructor(options: {
    smext: ISmext;
    trans: TranslationBundle;
    reveal: (section: string) => void;
  }) {
    super();
    this._smext = options.smext;
    this._trans = options.trans;
    this._reveal = options.reveal;
    this.addClass('jp-smext-Header');
  }

  addRunning(source: IRunningSource): void {
    this._sources = [...this._sources, source].sort((a, b) => a.rank - b.rank);
    source.countChanged.connect(this._onCountChanged, this);
    this._runningChanged.emit();
  }

  get runningChanged(): ISignal<this, void> {
    return this._runningChanged;
  }

  dispose(): void {
    Signal.clearData(this);
    super.dispose();
  }

  protected render(): React.ReactElement {
    return (
      <UseSignal signal={this._smext.problemChanged}>
        {() =>
          this._smext.problem ? (
            <ErrorView
              error={this._smext.problem}
              trans={this._trans}
              onRetry={() => void this._smext.check()}
            />
          ) : (
            <>
              <Who smext={this._smext} trans={this._trans} />
              <UseSignal signal={this.runningChanged}>
                {() => <Running sources={this._sources} reveal={this._reveal} />}
              </UseSignal>
            </>
          )
        }
      </UseSignal>
    );
  }

  private _onCountChanged(): void {
    this._runningChanged.emit();
  }

  private readonly _smext: ISmext;
  private readonly _trans: TranslationBundle;
  private readonly _reveal: (section: string) => void;
  private _sources: readonly IRunningSource[] = [];
  private readonly _runningChanged = new Signal<this, void>(this);
}

function Who(props: { smext: ISmext; trans: TranslationBundle }): React.ReactElement {
  const { smext, trans } = props;
  const [error, setError] = React.useState<SmextError | null>(null);
  const [busy, setBusy] = React.useState(true);

  const ask = React.useCallback(async () => {
    setBusy(true);
    try {
      await smext.ready;
      await smext.refreshIdentity();
      setError(null);
    } catch (reason) {
      setError(SmextError.from(reason));
    }
    setBusy(false);
  }, [smext]);
  React.useEffect(() => void ask(), [ask]);

  return (
    <UseSignal signal={smext.identityChanged}>
      {() => (
        <div className="jp-smext-Who" aria-busy={busy}>
          {smext.identity ? (
            <IdentityView identity={smext.identity} trans={trans} />
          ) : error ? (
            <ErrorView error={error} trans={trans} onRetry={() => void ask()} />
          ) : (
            <div className="jp-smext-Who-placeholder">{trans.__('Asking AWS who we are…')}</div>
          )}
          {smext.identity && (
            <button
              type="button"
              className="jp-smext-IconButton"
              title={trans.__('Ask AWS again who we are')}
              aria-label={trans.__('Ask AWS again who we are')}
              disabled={busy}
              onClick={() => void ask()}
            >
              <refreshIcon.react tag="span" aria-hidden="true" />
            </button>
          )}
        </div>
      )}
    </UseSignal>
  );
}

function Running(props: {
  sources: readonly IRunningSource[];
  reveal: (section: string) => void;
}): React.ReactElement | null {
  const running = props.sources.filter(each => each.count);
  if (running.length === 0) {
    return null;
  }
  return (
    <div className="jp-smext-Running" role="status">
      {running.map(each => (
        <button
          key={each.section}
          type="button"
          className="jp-smext-Running-item"
          onClick={() => props.reveal(each.section)}
        >
          <span className="jp-smext-Running-dot" aria-hidden="true" />
          {each.label(each.count ?? 0)}
        </button>
      ))}
    </div>
  );
}
