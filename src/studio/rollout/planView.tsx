import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import { SmextError } from '../../api/client';
import type { RolloutPlan, RolloutRequest } from '../../api/types';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import { formatSize } from '../../common/format';
import { LoadingView } from '../../common/stateView';
import { Status } from '../../common/status';
import { RunningTask } from '../../tasks/runningTask';
import { useTask } from '../../tasks/useTask';
import { findingStatus } from './finding';
import type { IRolloutResult, RolloutAction } from './service';
import type { IRolloutViewProps } from './view';

export interface IPlanViewProps extends IRolloutViewProps {
  action: RolloutAction;
  /** Where something is installed: an upgrade or an uninstall is of one of them. */
  scopes: readonly { user_profile_name?: string | null; space_name?: string | null }[];
  /** Something was changed. */
  onDone(): void;
  onClose(): void;
}

type Kind = 'domain' | 'user_profile' | 'space';

/** What an installation, an upgrade or an uninstall would change; nothing happens before it was looked at. */
export function PlanView(props: IPlanViewProps): React.ReactElement {
  const { domainId, service, tasks, action, trans } = props;
  const [kind, setKind] = React.useState<Kind>(kindOf(props.scopes[0]));
  const [name, setName] = React.useState(
    props.scopes[0]?.user_profile_name ?? props.scopes[0]?.space_name ?? ''
  );
  const [builtIn, setBuiltIn] = React.useState(false);
  const [bundle, setBundle] = React.useState('');
  const [target, setTarget] = React.useState('');
  const [plan, setPlan] = React.useState<RolloutPlan | null>(null);
  const [error, setError] = React.useState<SmextError | null>(null);
  const [planning, setPlanning] = React.useState(false);
  const { run, start } = useTask<IRolloutResult>(tasks, true);
  const id = React.useId();
  const first = React.useRef<HTMLElement>(null);
  React.useEffect(() => first.current?.querySelector<HTMLElement>('select')?.focus(), []);

  const request: RolloutRequest = {
    domain_id: domainId,
    user_profile_name: kind === 'user_profile' ? name : null,
    space_name: kind === 'space' ? name : null,
    action,
    built_in: builtIn,
    replace_default: false,
    bundle: bundle || null,
    s3_uri: target || null,
    index_url: null
  };
  /** Something else is asked for than what the plan shows. */
  const change =
    <T,>(set: (value: T) => void) =>
    (value: T) => {
      set(value);
      setPlan(null);
      setError(null);
    };
  const look = async () => {
    setPlanning(true);
    setPlan(null);
    setError(null);
    try {
      setPlan(await service.plan(request));
    } catch (reason) {
      setError(SmextError.from(reason));
    }
    setPlanning(false);
  };
  const execute = async (accepted: RolloutPlan) => {
    await start(() => service.execute(action, request, accepted.plan_id));
    props.onDone();
  };
  return (
    <section ref={first} className="jp-smext-Rollout" aria-label={titleOf(action, trans)}>
      <h3>{titleOf(action, trans)}</h3>
      {run.state === 'idle' && (
        <div className="jp-smext-StudioForm-fields">
          <label htmlFor={`${id}kind`}>{trans.__('For')}</label>
          <HTMLSelect
            id={`${id}kind`}
            value={kind}
            onChange={event => change(setKind)(event.target.value as Kind)}
          >
            <option value="domain">{trans.__('The whole domain')}</option>
            <option value="user_profile">{trans.__('One user profile')}</option>
            <option value="space">{trans.__('One space')}</option>
          </HTMLSelect>
          {kind !== 'domain' && (
            <>
              <label htmlFor={`${id}name`}>{trans.__('Its name')}</label>
              <input
                id={`${id}name`}
                className="jp-mod-styled"
                value={name}
                onChange={event => change(setName)(event.target.value.trim())}
                spellCheck={false}
                autoComplete="off"
              />
            </>
          )}
          {action === 'install' && kind !== 'space' && (
            <>
              <span>{trans.__('How')}</span>
              <label className="jp-smext-Rollout-check">
                <input
                  type="checkbox"
                  checked={builtIn}
                  onChange={event => change(setBuiltIn)(event.target.checked)}
                />
                {trans.__('In every space at its next start, besides what the space chose')}
              </label>
            </>
          )}
          {action !== 'uninstall' && (
            <>
              <label htmlFor={`${id}bundle`}>{trans.__('Wheels')}</label>
              <input
                id={`${id}bundle`}
                className="jp-mod-styled"
                value={bundle}
                placeholder={trans.__('built on this machine')}
                title={trans.__(
                  'A folder made by "jupyter smext lifecycle build", or an s3:// URI'
                )}
                onChange={event => change(setBundle)(event.target.value.trim())}
                spellCheck={false}
                autoComplete="off"
              />
              <label htmlFor={`${id}target`}>{trans.__('Keep them in')}</label>
              <input
                id={`${id}target`}
                className="jp-mod-styled"
                value={target}
                placeholder={trans.__('the default bucket')}
                onChange={event => change(setTarget)(event.target.value.trim())}
                spellCheck={false}
                autoComplete="off"
              />
            </>
          )}
        </div>
      )}
      {error && <ErrorView error={error} trans={trans} />}
      {planning && <LoadingView trans={trans} />}
      {plan && run.state === 'idle' && <Plan plan={plan} trans={trans} />}
      {run.state === 'running' && <RunningTask id={run.id} tasks={tasks} trans={trans} />}
      {run.state === 'failed' && <ErrorView error={run.error} trans={trans} />}
      {run.state === 'done' && <Result result={run.result} trans={trans} />}
      <div className="jp-smext-StudioBar">
        {run.state === 'idle' && !plan && (
          <Button
            primary
            label={trans.__('Show what would change')}
            disabled={planning || (kind !== 'domain' && !name)}
            onClick={() => void look()}
          />
        )}
        {run.state === 'idle' && plan && !plan.nothing_to_do && (
          <Button
            primary
            label={verbOf(action, trans)}
            disabled={!plan.possible}
            onClick={() => void execute(plan)}
          />
        )}
        {run.state !== 'running' && <Button label={trans.__('Close')} onClick={props.onClose} />}
      </div>
    </section>
  );
}

function Plan(props: { plan: RolloutPlan; trans: TranslationBundle }): React.ReactElement {
  const { plan, trans } = props;
  return (
    <>
      <p role="status">
        {plan.nothing_to_do
          ? trans.__('There is nothing to do for %1.', plan.scope_words)
          : trans._n(
              'For %2. It reaches %1 space at its next start.',
              'For %2. It reaches %1 spaces at their next start.',
              plan.affected_spaces,
              plan.scope_words
            )}{' '}
        {plan.running_apps > 0 &&
          trans._n(
            '%1 of them runs now and is not touched.',
            '%1 of them run now and are not touched.',
            plan.running_apps
          )}
      </p>
      <ul className="jp-smext-StudioProblems">
        {plan.findings.map((finding, index) => (
          <li key={index}>
            <Status {...findingStatus(finding.level, trans)} />
            <span>
              {finding.message} {finding.fix}
            </span>
          </li>
        ))}
      </ul>
      <ol className="jp-smext-Rollout-steps" aria-label={trans.__('Steps')}>
        {plan.steps.map((step, index) => (
          <li key={index}>
            <strong>{step.title}</strong> {step.bytes ? `(${formatSize(step.bytes)})` : ''}
            <small>{step.target}</small>
            {(step.before || step.after) && (
              <details>
                <summary>{trans.__('Settings before and after')}</summary>
                <pre tabIndex={0}>{JSON.stringify(step.before, null, 2)}</pre>
                <pre tabIndex={0}>{JSON.stringify(step.after, null, 2)}</pre>
              </details>
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

function Result(props: { result: IRolloutResult; trans: TranslationBundle }): React.ReactElement {
  const { result, trans } = props;
  return (
    <div role="status">
      <Status
        kind={result.verified ? 'good' : 'unknown'}
        word={
          result.verified
            ? trans.__('Done for %1, and read back', result.scope_words)
            : trans.__(
                'Done for %1; the settings were not read back as planned',
                result.scope_words
              )
        }
      />
      <ul className="jp-smext-StudioNotes">
        {result.notes.map(note => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </div>
  );
}

function kindOf(scope: IPlanViewProps['scopes'][number] | undefined): Kind {
  return scope?.user_profile_name ? 'user_profile' : scope?.space_name ? 'space' : 'domain';
}

function titleOf(action: RolloutAction, trans: TranslationBundle): string {
  switch (action) {
    case 'install':
      return trans.__('Install in spaces');
    case 'upgrade':
      return trans.__('Upgrade in spaces');
    case 'uninstall':
      return trans.__('Take it back from spaces');
  }
}

function verbOf(action: RolloutAction, trans: TranslationBundle): string {
  switch (action) {
    case 'install':
      return trans.__('Install');
    case 'upgrade':
      return trans.__('Upgrade');
    case 'uninstall':
      return trans.__('Uninstall');
  }
}
