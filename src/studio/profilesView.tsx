import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { UserProfileSummary } from '../api/types';
import { Button } from '../common/button';
import { ErrorView } from '../common/errorView';
import { Facts } from '../common/facts';
import { formatRelative, formatTime } from '../common/format';
import type { IColumn } from '../common/listing';
import { Name } from '../common/name';
import { PagedListing } from '../common/pagedListing';
import { EmptyView, LoadingView } from '../common/stateView';
import { Status } from '../common/status';
import { useLoaded } from '../common/useLoaded';
import { CommandIDs } from './commands';
import type { IDomainViewProps } from './domainView';
import { studioStatus } from './status';

/** The user profiles of a domain, and the role that counts for the one that is selected. */
export function ProfilesView(props: IDomainViewProps): React.ReactElement {
  const { model, commands, trans } = props;
  const { profiles } = model;
  const [selected, setSelected] = React.useState<ReadonlySet<string>>(new Set());
  const [name] = selected;
  return (
    <UseSignal signal={profiles.changed}>
      {() => (
        <div className="jp-smext-StudioSplit">
          <div className="jp-smext-StudioList">
            <div className="jp-smext-StudioBar">
              <Button
                primary
                label={trans.__('New user profile…')}
                onClick={() =>
                  void commands.execute(CommandIDs.createProfile, { domain_id: model.name })
                }
              />
            </div>
            <PagedListing
              label={trans.__('User profiles')}
              model={profiles}
              columns={columns(trans)}
              nameOf={profile => profiles.keyOf(profile)}
              selected={selected}
              onSelect={setSelected}
              onOpen={profile => setSelected(new Set([profile.user_profile_name]))}
              empty={
                <EmptyView
                  title={trans.__('No user profiles')}
                  hint={trans.__('Each person of a domain has one; spaces belong to it.')}
                />
              }
              trans={trans}
            />
          </div>
          {name && selected.size === 1 && <Profile key={name} {...props} name={name} />}
        </div>
      )}
    </UseSignal>
  );
}

function columns(trans: TranslationBundle): IColumn<UserProfileSummary>[] {
  return [
    {
      id: 'name',
      label: trans.__('Name'),
      track: 'minmax(0, 1fr)',
      render: profile => <Name name={profile.user_profile_name} />
    },
    {
      id: 'status',
      label: trans.__('Status'),
      track: '112px',
      render: profile => <Status {...studioStatus(profile.status, trans)} />
    },
    {
      id: 'created',
      label: trans.__('Created'),
      track: '120px',
      hideBelow: 380,
      render: profile => (
        <span className="jp-smext-Ellipsis" title={formatTime(profile.creation_time)}>
          {formatRelative(profile.creation_time)}
        </span>
      )
    }
  ];
}

function Profile(props: IDomainViewProps & { name: string }): React.ReactElement {
  const { model, service, name, trans } = props;
  const load = React.useCallback(
    () => service.describeProfile(model.name, name),
    [service, model, name]
  );
  const { value, error, reload } = useLoaded(load);
  return (
    <section className="jp-smext-StudioDetails" aria-label={trans.__('User profile %1', name)}>
      <h3>{name}</h3>
      {error && <ErrorView error={error} trans={trans} onRetry={reload} />}
      {!value && !error && <LoadingView trans={trans} />}
      {value && (
        <Facts
          facts={[
            [trans.__('Status'), studioStatus(value.status, trans).word],
            [trans.__('Why it failed'), value.failure_reason],
            [trans.__('Role'), value.execution_role ?? trans.__('not known')],
            [
              trans.__('Role comes from'),
              value.execution_role_inherited ? trans.__('the domain') : trans.__('the profile')
            ],
            [trans.__('Created'), formatTime(value.creation_time)],
            [trans.__('ARN'), value.user_profile_arn]
          ]}
        />
      )}
    </section>
  );
}
