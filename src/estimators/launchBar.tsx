import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Problem } from '../api/types';
import { ErrorView } from '../common/errorView';
import { formatDuration } from '../common/format';
import type { LaunchModel } from './launchModel';
import type { EstimatorModel } from './model';
import { fieldAt } from './specSchema';

export interface ILaunchBarProps {
  model: EstimatorModel;
  launch: LaunchModel;
  trans: TranslationBundle;
  /** True where the far end is the embedded sandbox. */
  sandbox: boolean;
  requestShown: boolean;
  onToggleRequest: () => void;
  onLaunch: () => void;
  onLaunchAgain: () => void;
  onOpenJob: (name: string) => void;
  onShowProblem: (problem: Problem) => void;
}

/** What a launch would cost and what stands in its way, beside the button that launches. */
export function LaunchBar(props: ILaunchBarProps): JSX.Element {
  const { model, launch, trans } = props;
  const [listing, setListing] = React.useState(false);
  const { problems, error } = model;
  const showList = listing && problems.length > 0;
  React.useEffect(() => {
    if (problems.length === 0) {
      setListing(false);
    }
  }, [problems.length]);
  return (
    <UseSignal signal={launch.changed}>
      {() => (
        <footer className="jp-smext-LaunchBar" aria-label={trans.__('Launch')}>
          {error ? (
            <ErrorView error={error} trans={trans} onRetry={() => void model.check()} />
          ) : (
            launch.error && <ErrorView error={launch.error} trans={trans} />
          )}
          {showList && (
            <ProblemList problems={problems} trans={trans} onShow={props.onShowProblem} />
          )}
          <div className="jp-smext-LaunchBar-row">
            <div className="jp-smext-LaunchBar-text" role="status">
              {launch.busy ? (
                <span>{launch.task?.message ?? trans.__('Launching…')}</span>
              ) : (
                <>
                  {launch.jobName && (
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
                  <Cost model={model} trans={trans} sandbox={props.sandbox} />
                </>
              )}
            </div>
            {problems.length > 0 && (
              <button
                type="button"
                className="jp-Button jp-mod-styled jp-mod-reject jp-smext-Button"
                aria-expanded={showList}
                onClick={() => setListing(!listing)}
              >
                {trans._n('%1 problem', '%1 problems', problems.length)}
              </button>
            )}
            <button
              type="button"
              className="jp-Button jp-mod-styled jp-mod-reject jp-smext-Button"
              aria-pressed={props.requestShown}
              disabled={!model.valid && !props.requestShown}
              onClick={props.onToggleRequest}
            >
              {props.requestShown ? trans.__('Hide request') : trans.__('Show request')}
            </button>
            {/* Where Launch was nothing may appear that launches, or undoes it, by a second click. */}
            {launch.busy
              ? launch.task?.cancellable && (
                  <button
                    type="button"
                    className="jp-Button jp-mod-styled jp-mod-reject jp-smext-Button"
                    onClick={() => void launch.cancel()}
                  >
                    {trans.__('Cancel')}
                  </button>
                )
              : launch.jobName && (
                  <button
                    type="button"
                    className="jp-Button jp-mod-styled jp-mod-reject jp-smext-Button"
                    disabled={!model.valid}
                    onClick={props.onLaunchAgain}
                  >
                    {trans.__('Launch again')}
                  </button>
                )}
            {launch.jobName && !launch.busy ? (
              <button
                key="open"
                type="button"
                className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button"
                onClick={() => props.onOpenJob(launch.jobName!)}
              >
                {trans.__('Open job')}
              </button>
            ) : (
              <button
                key="launch"
                type="button"
                className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button"
                disabled={!model.valid || launch.busy}
                onClick={props.onLaunch}
              >
                {launch.busy ? trans.__('Launching…') : trans.__('Launch')}
              </button>
            )}
          </div>
        </footer>
      )}
    </UseSignal>
  );
}

function ProblemList(props: {
  problems: readonly Problem[];
  trans: TranslationBundle;
  onShow: (problem: Problem) => void;
}): JSX.Element {
  const { trans } = props;
  return (
    <ul className="jp-smext-Problems" aria-label={trans.__('Problems')}>
      {props.problems.map((problem, index) => (
        <li key={index}>
          <button type="button" className="jp-smext-Problem" onClick={() => props.onShow(problem)}>
            <span className="jp-smext-Problem-place">
              {problem.path || trans.__('File')}
              {problem.line !== null && ` ${trans.__('(line %1)', problem.line)}`}
            </span>
            <span>
              {problem.message}{' '}
              {problem.suggestion && trans.__('Did you mean %1?', problem.suggestion)}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** On what it runs, for how long at most, and what is known about its price. */
function Cost(props: {
  model: EstimatorModel;
  trans: TranslationBundle;
  sandbox: boolean;
}): JSX.Element | null {
  const { model, trans } = props;
  const given = (...path: string[]) =>
    model.spec.get(path) ?? fieldAt(model.schema, path)?.default ?? null;
  const type = given('spec', 'compute', 'instance_type');
  const count = given('spec', 'compute', 'instance_count') ?? 1;
  const seconds = Number(given('spec', 'stopping_condition', 'max_runtime_in_seconds'));
  if (!type) {
    return null;
  }
  return (
    <span className="jp-smext-LaunchBar-cost">
      {trans.__('%1 × %2, at most %3', String(count), String(type), formatDuration(seconds))}
      {' · '}
      {props.sandbox ? trans.__('the sandbox bills nothing') : trans.__('price not known')}
    </span>
  );
}
