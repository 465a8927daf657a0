import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, refreshIcon, UseSignal } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { type ISignal, Signal } from '@lumino/signaling';
import * as React from 'react';
import { SmextError } from '../api/client';
import type { RunningCost } from '../api/types';
import { ErrorView } from '../common/errorView';
import { formatDollars } from '../common/format';
import type { IRunningSource, ISmext } from '../tokens';
import { IdentityView } from './identityView';
import { RunningCostModel } from './runningCost';

/** Lines of the tooltip that lists what costs. */
const MOST_LINES = 12;

/** The top of the panel: who we are, where, what is running, and what that costs by the hour. */
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
    this._cost = new RunningCostModel(
      options.smext,
      () => this.isVisible && this._sources.some(each => each.count)
    );
    this._cost.changed.connect(() => this._runningChanged.emit());
  }

  addRunning(source: IRunningSource): void {
    this._sources = [...this._sources, source].sort((a, b) => a.rank - b.rank);
    source.countChanged.connect(this._onCountChanged, this);
    this._onCountChanged();
    if (this.isVisible) {
      source.wake();
    }
  }

  get runningChanged(): ISignal<this, void> {
    return this._runningChanged;
  }

  dispose(): void {
    this._cost.dispose();
    Signal.clearData(this);
    super.dispose();
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    if (this.isVisible) {
      this._wake();
    }
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._wake();
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
                {() => (
                  <Running
                    sources={this._sources}
                    cost={this._cost.cost}
                    sandbox={this._smext.identity?.sandbox ?? false}
                    reveal={this._reveal}
                    trans={this._trans}
                  />
                )}
              </UseSignal>
            </>
          )
        }
      </UseSignal>
    );
  }

  private _wake(): void {
    this._smext.adminPolicy.wake();
    this._sources.forEach(each => each.wake());
  }

  private _onCountChanged(): void {
    this._runningChanged.emit();
    this._cost.wake();
  }

  private readonly _smext: ISmext;
  private readonly _trans: TranslationBundle;
  private readonly _reveal: (section: string) => void;
  private readonly _cost: RunningCostModel;
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
  cost: RunningCost | null;
  sandbox: boolean;
  reveal: (section: string) => void;
  trans: TranslationBundle;
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
      {props.cost && props.cost.items.length > 0 && (
        <span className="jp-smext-Running-cost" title={costLines(props.cost, props.trans)}>
          {costWords(props.cost, props.sandbox, props.trans)}
        </span>
      )}
    </div>
  );
}

/** The sum of what has a price; where something has none, it says that there is more. */
function costWords(cost: RunningCost, sandbox: boolean, trans: TranslationBundle): string {
  if (cost.unpriced === cost.items.length) {
    return trans.__('no price known');
  }
  const about = cost.items.every(each => each.exact || each.usd_per_hour === null) ? '' : '≈ ';
  const sum = about + formatDollars(cost.usd_per_hour);
  if (sandbox) {
    return trans.__('%1/h at AWS, nothing here', sum);
  }
  return cost.unpriced > 0 || cost.truncated
    ? trans.__('%1/h and more', sum)
    : trans.__('%1/h now', sum);
}

function costLines(cost: RunningCost, trans: TranslationBundle): string {
  const lines = cost.items.slice(0, MOST_LINES).map(each => {
    const price =
      each.usd_per_hour === null
        ? trans.__('no price known')
        : trans.__('%1/h', formatDollars(each.usd_per_hour, 3));
    return `${each.name}: ${each.instance_count} × ${each.instance_type}, ${price}`;
  });
  if (cost.items.length > MOST_LINES) {
    lines.push('…');
  }
  return [...lines, trans.__('On demand, without storage, data and Studio apps.')].join('\n');
}
