import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { HolderPolicies, Sight, WhoAmI } from '../api/types';
import { ErrorView } from '../common/errorView';
import { Facts } from '../common/facts';
import { formatRelative, formatTime } from '../common/format';
import { Section } from '../common/section';
import { LoadingView } from '../common/stateView';
import { type IStatus, Status } from '../common/status';
import { Button } from '../common/button';
import { CommandIDs } from './commands';
import { asText } from './statement';
import { roleName } from './roles';
import type { WhoModel } from './whoModel';

/** The IAM section of the panel: who we are, with which policies, and how much of that can be seen. */
export class IamSection extends Section {
  constructor(options: IamSection.IOptions) {
    super({
      id: 'jp-smext-iam',
      className: 'jp-smext-IamSection',
      label: options.trans.__('IAM'),
      commands: options.commands,
      tools: [{ id: CommandIDs.refresh }],
      content: ReactWidget.create(<Content {...options} />),
      focus: '.jp-smext-IamActions button',
      onShow: () => options.model.wake()
    });
  }
}

export namespace IamSection {
  export interface IOptions {
    model: WhoModel;
    commands: CommandRegistry;
    trans: TranslationBundle;
  }
}

function Content(props: IamSection.IOptions): JSX.Element {
  const { model, commands, trans } = props;
  const run = (command: string) => () => void commands.execute(command);
  return (
    <div className="jp-smext-IamSection-content">
      <div className="jp-smext-IamActions">
        <Button label={trans.__('Explain an error…')} onClick={run(CommandIDs.explain)} />
        <Button label={trans.__('Check a policy…')} onClick={run(CommandIDs.policy)} />
        <Button label={trans.__('Permissions of a launch…')} onClick={run(CommandIDs.preflight)} />
      </div>
      <UseSignal signal={model.changed}>
        {() => (
          <>
            {model.error && (
              <ErrorView error={model.error} trans={trans} onRetry={() => void model.refresh()} />
            )}
            {model.who ? (
              <Who {...props} who={model.who} />
            ) : (
              model.busy && <LoadingView trans={trans} />
            )}
          </>
        )}
      </UseSignal>
    </div>
  );
}

function Who(props: IamSection.IOptions & { who: WhoAmI }): JSX.Element {
  const { who, trans } = props;
  const role = who.execution_role;
  const facts: [string, React.ReactNode][] = [
    [trans.__('You are'), who.caller_arn],
    [trans.__('Credentials'), who.credentials_source],
    [
      trans.__('Expire'),
      who.credentials_expire_at && (
        <span title={formatTime(who.credentials_expire_at)}>
          {formatRelative(who.credentials_expire_at)}
        </span>
      )
    ],
    [trans.__('Jobs run as'), role ? role.arn : trans.__('no role known')],
    [
      trans.__('Known from'),
      role &&
        (role.path_guessed
          ? trans.__('%1; the path of the role is guessed', role.found_in)
          : role.found_in)
    ],
    [
      trans.__('Same role'),
      who.caller_is_execution_role === null
        ? null
        : who.caller_is_execution_role
          ? trans.__('yes: jobs may do what you may do')
          : trans.__('no: jobs may do other things than you')
    ],
    [trans.__('Domain'), who.domain_id],
    [trans.__('User profile'), who.user_profile_name],
    [trans.__('Space'), who.space_name]
  ];
  const { caller_policies: mine, execution_role_policies: theirs } = who;
  return (
    <>
      {who.warning && (
        <p className="jp-smext-IamWarning" role="alert">
          {who.warning}
        </p>
      )}
      <Facts facts={facts} />
      {theirs && (
        <Policies
          {...props}
          title={trans.__('Policies of %1', roleName(theirs.arn))}
          holder={theirs}
        />
      )}
      {mine && mine.arn !== theirs?.arn && (
        <Policies {...props} title={trans.__('Policies of %1', roleName(mine.arn))} holder={mine} />
      )}
      <Visibility who={who} trans={trans} />
    </>
  );
}

/** The policies of a role or user; one that could be read opens in the editor. */
function Policies(
  props: IamSection.IOptions & { title: string; holder: HolderPolicies }
): JSX.Element {
  const { holder, commands, trans } = props;
  const open = (document: unknown, use: string) =>
    void commands.execute(CommandIDs.policy, { text: asText(document), use });
  const entries: [name: string, word: string, document: unknown, use: string][] = [
    ...(holder.policies === 'unknown'
      ? []
      : holder.policies.map(
          policy =>
            [
              policy.name,
              policy.kind === 'inline' ? trans.__('inline') : trans.__('managed'),
              policy.document,
              'identity'
            ] as [string, string, unknown, string]
        ))
  ];
  if (holder.permissions_boundary) {
    entries.push([
      holder.boundary_arn ? roleName(holder.boundary_arn) : trans.__('Boundary'),
      trans.__('boundary'),
      holder.permissions_boundary,
      'identity'
    ]);
  }
  if (holder.trust_policy) {
    entries.push([
      trans.__('Trust policy'),
      trans.__('who may use it'),
      holder.trust_policy,
      'trust'
    ]);
  }
  return (
    <section className="jp-smext-IamPolicies">
      <h3>{props.title}</h3>
      {holder.policies === 'unknown' && (
        <p className="jp-smext-Iam-text">{trans.__('They exist, but cannot be read from here.')}</p>
      )}
      <ul>
        {entries.map(([name, word, document, use]) => (
          <li key={`${word} ${name}`}>
            {document === 'unknown' ? (
              <span title={trans.__('It cannot be read from here.')}>{name}</span>
            ) : (
              <button
                type="button"
                className="jp-smext-Link"
                title={trans.__('Open %1 in the policy editor', name)}
                onClick={() => open(document, use)}
              >
                {name}
              </button>
            )}
            <span className="jp-smext-IamPolicies-kind">
              {document === 'unknown' ? trans.__('%1, not readable', word) : word}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How deep we can see: what cannot be seen makes answers unknown, never allowed. */
function Visibility(props: { who: WhoAmI; trans: TranslationBundle }): JSX.Element {
  const { trans } = props;
  const { visibility } = props.who;
  const sights: [string, Sight][] = [
    [trans.__('Read roles'), visibility.read_role],
    [trans.__('Read policies'), visibility.read_policies],
    [trans.__('Simulate'), visibility.simulate],
    [trans.__('Validate policies'), visibility.validate_policy],
    [trans.__('Organization'), visibility.organization]
  ];
  return (
    <section className="jp-smext-IamPolicies">
      <h3>{trans.__('How deep we can see')}</h3>
      <Facts
        facts={sights.map(([name, sight]) => [
          name,
          <Status key={name} {...sightOf(sight, trans)} title={sight.reason ?? sight.action} />
        ])}
      />
    </section>
  );
}

function sightOf(sight: Sight, trans: TranslationBundle): IStatus {
  switch (sight.can) {
    case 'yes':
      return { kind: 'good', word: trans.__('Yes') };
    case 'no':
      return { kind: 'stopped', word: trans.__('No: %1', sight.action) };
    case 'unknown':
      return { kind: 'unknown', word: trans.__('Not known') };
  }
}
