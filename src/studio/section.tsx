import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { WhereAmI } from '../api/types';
import { Button } from '../common/button';
import { ErrorView } from '../common/errorView';
import { Facts } from '../common/facts';
import { formatDuration } from '../common/format';
import { Section } from '../common/section';
import { EmptyView, LoadingView } from '../common/stateView';
import { Status } from '../common/status';
import type { IAdminPolicy } from '../tokens';
import { AdminView } from './adminView';
import { CommandIDs } from './commands';
import { studioIcon } from './icon';
import type { DomainsModel, WhereModel } from './model';
import { hourly, sourceOf } from './money';
import { studioStatus } from './status';

/** The Studio section of the panel: where this server runs, what the administrator has set, and the domains. */
export class StudioSection extends Section {
  constructor(options: StudioSection.IOptions) {
    const { commands, where, admin, domains, trans } = options;
    super({
      id: 'jp-smext-studio',
      className: 'jp-smext-StudioSection',
      label: trans.__('Studio'),
      commands,
      tools: [{ id: CommandIDs.refresh }],
      content: ReactWidget.create(<Content {...options} />),
      focus: '.jp-smext-StudioDomains button, button.jp-smext-Button',
      onShow: () => [where, admin, domains].forEach(model => model.wake())
    });
  }
}

export namespace StudioSection {
  export interface IOptions {
    where: WhereModel;
    admin: IAdminPolicy;
    domains: DomainsModel;
    commands: CommandRegistry;
    trans: TranslationBundle;
  }
}

function Content(props: StudioSection.IOptions): JSX.Element {
  const { where, admin, domains, trans } = props;
  return (
    <UseSignal signal={admin.changed}>
      {() => {
        const isOff = admin.value?.policy?.sections_off?.includes('studio') ?? false;
        return (
          <div className="jp-smext-StudioSection-content">
            {!isOff && <UseSignal signal={where.changed}>{() => <Here {...props} />}</UseSignal>}
            {admin.error && (
              <ErrorView error={admin.error} trans={trans} onRetry={() => void admin.refresh()} />
            )}
            {admin.value && <AdminView state={admin.value} trans={trans} />}
            {!isOff && (
              <UseSignal signal={domains.changed}>{() => <Domains {...props} />}</UseSignal>
            )}
          </div>
        );
      }}
    </UseSignal>
  );
}

function Here({ where, trans }: StudioSection.IOptions): JSX.Element {
  return (
    <>
      {where.error && (
        <ErrorView error={where.error} trans={trans} onRetry={() => void where.refresh()} />
      )}
      {where.value ? (
        <Where where={where.value} trans={trans} />
      ) : (
        where.busy && <LoadingView trans={trans} />
      )}
    </>
  );
}

function Where(props: { where: WhereAmI; trans: TranslationBundle }): JSX.Element {
  const { where, trans } = props;
  const space = where.space;
  const image = space?.effective_resource_spec;
  const idle = space?.idle_settings;
  return (
    <section aria-label={trans.__('Where am I')}>
      <h3>{trans.__('Where am I')}</h3>
      <Facts
        facts={[
          [
            trans.__('Here'),
            <span key="kind" title={where.evidence}>
              {kindOf(where, trans)}
            </span>
          ],
          [trans.__('Domain'), where.domain_name ?? where.domain_id],
          [trans.__('User profile'), where.user_profile_name],
          [trans.__('Space'), where.space_name],
          [trans.__('Notebook instance'), where.notebook_instance_name],
          [trans.__('Project'), where.project_id],
          [
            trans.__('Image'),
            where.image_version
              ? trans.__('SageMaker Distribution %1', where.image_version)
              : image?.sagemaker_image_version_alias
          ],
          [
            trans.__('Instance'),
            where.instance_type && (
              <span title={sourceOf(where.price, trans)}>
                {where.instance_type}, {hourly(where.price, trans)}
              </span>
            )
          ],
          [
            trans.__('Idle'),
            idle?.idle_timeout_in_minutes
              ? trans.__('stops after %1', formatDuration(idle.idle_timeout_in_minutes * 60))
              : space
                ? trans.__('runs until somebody stops it')
                : null
          ],
          [trans.__('Region'), where.region],
          [trans.__('Account'), where.account]
        ]}
      />
      {(where.unknown ?? []).map((error, index) => (
        <ErrorView key={index} error={error} trans={trans} />
      ))}
    </section>
  );
}

function kindOf(where: WhereAmI, trans: TranslationBundle): string {
  switch (where.kind) {
    case 'studio_space':
      return trans.__('a Studio space');
    case 'unified_studio':
      return trans.__('a space of Unified Studio');
    case 'notebook_instance':
      return trans.__('a notebook instance');
    case 'ec2':
      return trans.__('an EC2 machine');
    case 'elsewhere':
      return where.sandbox
        ? trans.__('outside Studio, with the sandbox for AWS')
        : trans.__('outside Studio');
  }
}

function Domains(props: StudioSection.IOptions): JSX.Element {
  const { domains, commands, trans } = props;
  const isEmpty = !domains.loading && !domains.error && domains.rows.length === 0;
  const setUp = (
    <Button
      primary={isEmpty}
      label={trans.__('Set Studio up…')}
      onClick={() => void commands.execute(CommandIDs.setUp)}
    />
  );
  return (
    <section className="jp-smext-StudioDomains" aria-label={trans.__('Domains')}>
      <h3>{trans.__('Domains')}</h3>
      {domains.error && (
        <ErrorView error={domains.error} trans={trans} onRetry={() => void domains.refresh()} />
      )}
      {domains.loading && !domains.error && <LoadingView trans={trans} />}
      {domains.rows.length > 0 && (
        <ul>
          {domains.rows.map(domain => (
            <li key={domain.domain_id} data-domain={domain.domain_id}>
              <button
                type="button"
                className="jp-smext-Link"
                title={trans.__('Open the domain %1 (%2)', domain.domain_name, domain.domain_id)}
                onClick={() =>
                  void commands.execute(CommandIDs.openDomain, { domain_id: domain.domain_id })
                }
              >
                {domain.domain_name}
              </button>
              {domain.here && <span className="jp-smext-Badge">{trans.__('here')}</span>}
              <Status {...studioStatus(domain.status, trans)} />
            </li>
          ))}
        </ul>
      )}
      {domains.moreError ? (
        <ErrorView
          error={domains.moreError}
          trans={trans}
          onRetry={() => void domains.loadMore()}
        />
      ) : (
        domains.hasMore && (
          <Button
            label={trans.__('More domains')}
            disabled={domains.loadingMore}
            onClick={() => void domains.loadMore()}
          />
        )
      )}
      {isEmpty ? (
        <EmptyView
          icon={studioIcon}
          title={trans.__('No domain')}
          hint={trans.__('Studio needs a domain: its users, their spaces and their settings.')}
        >
          {setUp}
        </EmptyView>
      ) : (
        !domains.loading && setUp
      )}
    </section>
  );
}
