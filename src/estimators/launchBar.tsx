import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ErrorView } from '../common/errorView';
import { formatDollars, formatDuration } from '../common/format';
import type { LaunchModel } from './launchModel';
import type { EstimatorModel } from './model';
import type { PreflightModel } from './preflightModel';
import { PriceView, priceText } from './priceView';
import { FindingList, type IPlace, ProblemList } from './problemList';
import { fieldAt } from './specSchema';
import { parsePath } from './specText';

/** What can be listed above the bar. */
type Listed = 'problems' | 'findings' | 'price' | null;

export interface ILaunchBarProps {
  model: EstimatorModel;
  launch: LaunchModel;
  preflight: PreflightModel;
  trans: TranslationBundle;
  /** True where the far end is the embedded sandbox. */
  sandbox: boolean;
  codeShown: boolean;
  onToggleCode: () => void;
  onCheck: () => void;
  onLaunch: () => void;
  onLaunchAgain: () => void;
  onLaunchAnyway: () => void;
  onOpenJob: (name: string) => void;
  onShowPlace: (place: IPlace) => void;
}

/** What a launch would cost and what stands in its way, beside the button that launches. */
export function LaunchBar(props: ILaunchBarProps): JSX.Element {
  return (
    <UseSignal signal={props.launch.changed}>
      {() => <UseSignal signal={props.preflight.changed}>{() => <Bar {...props} />}</UseSignal>}
    </UseSignal>
  );
}

function Bar(props: ILaunchBarProps): JSX.Element {
  const { model, launch, preflight, trans } = props;
  const { problems, error } = model;
  const [listed, setListed] = React.useState<Listed>(null);
  const toggle = (list: Listed) => setListed(listed === list ? null : list);
  // A check was asked for, so what it finds is shown.
  React.useEffect(() => {
    if (preflight.result) {
      setListed('findings');
    }
  }, [preflight.result]);
  const show =
    (listed === 'problems' && problems.length > 0) ||
    (listed === 'findings' && preflight.result) ||
    (listed === 'price' && model.price)
      ? listed
      : null;
  React.useEffect(() => {
    if (problems.length === 0) {
      setListed(before => (before === 'problems' ? null : before));
    }
  }, [problems.length]);
  const failure = launch.error ?? preflight.error;
  const local = model.local;

  return (
    <div className="jp-smext-LaunchBar" role="group" aria-label={trans.__('Launch')}>
      <div className="jp-smext-LaunchBar-list">
        {error ? (
          <ErrorView error={error} trans={trans} onRetry={() => void model.check()} />
        ) : (
          failure && <ErrorView error={failure} trans={trans} />
        )}
        {show === 'problems' && (
          <ProblemList problems={problems} trans={trans} onShow={props.onShowPlace} />
        )}
        {show === 'price' && model.price && <PriceView price={model.price} trans={trans} />}
        {show === 'findings' && preflight.result && (
          <>
            <FindingList
              result={preflight.result}
              trans={trans}
              onShow={props.onShowPlace}
              onFix={finding => model.set(parsePath(finding.path), finding.patch?.value)}
            />
            {preflight.holdsBack && (
              <div className="jp-smext-LaunchBar-held" role="alert">
                <span>{trans.__('Nothing was launched: this would probably fail.')}</span>
                <button
                  type="button"
                  className="jp-Button jp-mod-styled jp-mod-warn jp-smext-Button"
                  disabled={launch.busy}
                  onClick={props.onLaunchAnyway}
                >
                  {trans.__('Launch anyway')}
                </button>
              </div>
            )}
          </>
        )}
      </div>
      <div className="jp-smext-LaunchBar-row">
        <div className="jp-smext-LaunchBar-text" role="status">
          {launch.busy ? (
            <span>
              {preflight.running
                ? trans.__('Checking…')
                : (launch.task?.message ?? trans.__('Launching…'))}
            </span>
          ) : (
            <>
              {local && launch.localRun?.model && (
                <span>
                  {trans.__('Ran on this machine; the model is %1', launch.localRun.model)}
                </span>
              )}
              {launch.jobName && !local && (
                <span>
                  {trans.__('Launched as')}{' '}
                  <button
                    type="button"
                    className="jp-smext-Link"
                    onClick={() => props.onOpenJob(launch.jobName!)}
                  >
                    {launch.jobName}
                  </button>
                </span>
              )}
              <Cost {...props} open={show === 'price'} onToggle={() => toggle('price')} />
            </>
          )}
        </div>
        {problems.length > 0 ? (
          <button
            type="button"
            className="jp-Button jp-mod-styled jp-mod-reject jp-smext-Button"
            aria-expanded={show === 'problems'}
            onClick={() => toggle('problems')}
          >
            {trans._n('%1 problem', '%1 problems', problems.length)}
          </button>
        ) : (
          <button
            type="button"
            className="jp-Button jp-mod-styled jp-mod-reject jp-smext-Button"
            title={trans.__('Look for what would make a launch fail; nothing is launched')}
            disabled={!model.valid || preflight.running || launch.busy}
            onClick={props.onCheck}
          >
            {preflight.running ? trans.__('Checking…') : trans.__('Check')}
          </button>
        )}
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-reject jp-smext-Button"
          title={trans.__(
            'Show the request that a launch would send, and code that sends the same'
          )}
          aria-pressed={props.codeShown}
          disabled={!model.valid && !props.codeShown}
          onClick={props.onToggleCode}
        >
          {trans.__('Code')}
        </button>
        <LaunchButtons {...props} />
      </div>
    </div>
  );
}

/** Where Launch was nothing may appear that launches, or undoes it, by a second click. */
function LaunchButtons(props: ILaunchBarProps): JSX.Element {
  const { model, launch, trans } = props;
  const { busy, task } = launch;
  // Whatever was launched before, a run on this machine begins with one click.
  const jobName = model.local ? null : launch.jobName;
  return (
    <>
      {busy && task?.cancellable && (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-reject jp-smext-Button"
          onClick={() => void launch.cancel()}
        >
          {trans.__('Cancel')}
        </button>
      )}
      {!busy && jobName && (
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-reject jp-smext-Button"
          disabled={!model.valid}
          onClick={props.onLaunchAgain}
        >
          {trans.__('Launch again')}
        </button>
      )}
      {!busy && jobName ? (
        <button
          key="open"
          type="button"
          className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button"
          onClick={() => props.onOpenJob(jobName)}
        >
          {trans.__('Open job')}
        </button>
      ) : (
        <button
          key="launch"
          type="button"
          className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button"
          disabled={!model.valid || busy}
          onClick={props.onLaunch}
        >
          {model.local
            ? busy
              ? trans.__('Running…')
              : trans.__('Run here')
            : busy
              ? trans.__('Launching…')
              : trans.__('Launch')}
        </button>
      )}
    </>
  );
}

/** On what it runs, for how long at most, and the most that it can cost. */
function Cost(
  props: ILaunchBarProps & { open: boolean; onToggle: () => void }
): JSX.Element | null {
  const { model, trans } = props;
  const given = (...path: string[]) =>
    model.spec.get(path) ?? fieldAt(model.schema, path)?.default ?? null;
  const type = given('spec', 'compute', 'instance_type');
  const count = given('spec', 'compute', 'instance_count') ?? 1;
  const seconds = Number(given('spec', 'stopping_condition', 'max_runtime_in_seconds'));
  const jobs = Number(given('tuning', 'resource_limits', 'max_number_of_training_jobs') ?? 1);
  if (model.local) {
    return (
      <span className="jp-smext-LaunchBar-cost">
        {trans.__('On this machine, at most %1; AWS bills nothing', formatDuration(seconds))}
      </span>
    );
  }
  const cap = model.spec.get(['policy', 'max_cost_usd']);
  const most = model.price?.usd_at_most;
  const overCap = typeof cap === 'number' && typeof most === 'number' && most > cap;
  return (
    <span className="jp-smext-LaunchBar-cost">
      {typeof type === 'string' && jobs > 1 && `${trans.__('%1 jobs of', jobs)} `}
      {typeof type === 'string' &&
        trans.__('%1 × %2, at most %3', String(count), type, formatDuration(seconds))}
      {typeof type === 'string' && model.valid && ' · '}
      {model.price ? (
        <button
          type="button"
          className="jp-smext-Link"
          aria-expanded={props.open}
          onClick={props.onToggle}
        >
          {priceText(model.price, trans)}
        </button>
      ) : (
        model.valid && priceText(null, trans)
      )}
      {overCap && (
        <strong className="jp-smext-LaunchBar-over">
          {` · ${trans.__('more than your limit of %1', formatDollars(cap))}`}
        </strong>
      )}
      {props.sandbox && (typeof type === 'string' || model.valid) && ' · '}
      {props.sandbox && trans.__('the sandbox bills nothing')}
    </span>
  );
}
