import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { Domain } from '../api/types';
import { ErrorView } from '../common/errorView';
import { LoadingView } from '../common/stateView';
import { Status } from '../common/status';
import { type ITab, Tabs } from '../common/tabs';
import type { IAdminPolicy, ITasks } from '../tokens';
import { AppsView } from './appsView';
import type { DomainModel, DomainPart } from './domainModel';
import { ImagesView } from './imagesView';
import type { WhereModel } from './model';
import { ProfilesView } from './profilesView';
import type { RolloutService } from './rollout/service';
import { RolloutView } from './rollout/view';
import type { StudioService } from './service';
import { SettingsView } from './settingsView';
import { SpacesView } from './spacesView';
import { studioStatus } from './status';
import { StorageView } from './storageView';

export interface IDomainViewProps {
  model: DomainModel;
  where: WhereModel;
  admin: IAdminPolicy;
  service: StudioService;
  rollout: RolloutService;
  /** Null where tasks are switched off: then nothing can be rolled out. */
  tasks: ITasks | null;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** One domain: its spaces, people, apps, storage and settings, and the roll-out of this extension to it. */
export function DomainView(props: IDomainViewProps): React.ReactElement {
  return <UseSignal signal={props.model.changed}>{() => <View {...props} />}</UseSignal>;
}

function View(props: IDomainViewProps): React.ReactElement {
  const { model, trans } = props;
  const { domain, error } = model;
  const errorView = error && (
    <ErrorView error={error} trans={trans} onRetry={() => void model.refresh()} />
  );
  if (!domain) {
    return errorView ?? <LoadingView trans={trans} />;
  }
  return (
    <>
      <Head domain={domain} trans={trans} />
      {errorView}
      {domain.failure_reason && (
        <section className="jp-smext-Failure" role="alert">
          <h3>{trans.__('Why it failed')}</h3>
          <pre tabIndex={0}>{domain.failure_reason}</pre>
        </section>
      )}
      <Tabs
        label={trans.__('Parts of the domain')}
        tabs={parts(props, domain)}
        current={model.part}
        onChange={part => (model.part = part as DomainPart)}
      />
    </>
  );
}

function Head(props: { domain: Domain; trans: TranslationBundle }): React.ReactElement {
  const { domain, trans } = props;
  return (
    <header className="jp-smext-Head">
      <div className="jp-smext-Head-row">
        <h2 className="jp-smext-Head-title" title={domain.domain_id}>
          {domain.domain_name}
        </h2>
        <span role="status">
          <Status {...studioStatus(domain.status, trans)} />
        </span>
      </div>
    </header>
  );
}

function parts(props: IDomainViewProps, domain: Domain): ITab[] {
  const { tasks, trans } = props;
  const all: (ITab & { id: DomainPart })[] = [
    { id: 'spaces', label: trans.__('Spaces'), content: () => <SpacesView {...props} /> },
    { id: 'profiles', label: trans.__('People'), content: () => <ProfilesView {...props} /> },
    { id: 'apps', label: trans.__('Apps'), content: () => <AppsView {...props} /> },
    { id: 'storage', label: trans.__('Storage'), content: () => <StorageView {...props} /> },
    { id: 'images', label: trans.__('Images'), content: () => <ImagesView {...props} /> },
    {
      id: 'settings',
      label: trans.__('Settings'),
      content: () => <SettingsView domain={domain} trans={trans} />
    }
  ];
  if (tasks) {
    all.push({
      id: 'rollout',
      label: trans.__('Roll-out'),
      content: () => (
        <RolloutView
          domainId={domain.domain_id}
          service={props.rollout}
          tasks={tasks}
          trans={trans}
        />
      )
    });
  }
  return all;
}
