import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Space, SpaceSummary } from '../api/types';
import { Button } from '../common/button';
import { ErrorView } from '../common/errorView';
import { Facts } from '../common/facts';
import { formatDuration, formatTime } from '../common/format';
import type { IColumn } from '../common/listing';
import { Name } from '../common/name';
import { PagedListing } from '../common/pagedListing';
import { EmptyView, LoadingView } from '../common/stateView';
import { Status } from '../common/status';
import { useLoaded } from '../common/useLoaded';
import { CommandIDs } from './commands';
import type { IDomainViewProps } from './domainView';
import { studioIcon } from './icon';
import { hourly, monthly, sourceOf } from './money';
import { ChangeSpaceForm, CreateSpaceForm } from './spaceForm';
import { isChanging, spaceStatus } from './status';

/** The spaces of a domain: what runs, what it costs, and what can be done with the one that is selected. */
export function SpacesView(props: IDomainViewProps): React.ReactElement {
  return <UseSignal signal={props.model.spaces.changed}>{() => <View {...props} />}</UseSignal>;
}

function View(props: IDomainViewProps): React.ReactElement {
  const { model, commands, trans } = props;
  const { spaces, form } = model;
  const selected = spaces.rows.find(space => space.space_name === model.selected) ?? null;
  const list = React.useRef<HTMLDivElement>(null);
  const filledIn = React.useRef(form !== null);
  React.useEffect(() => {
    // Whoever closes the form goes on in the list.
    if (filledIn.current && !form) {
      list.current?.querySelector<HTMLElement>('[role="grid"]')?.focus();
    }
    filledIn.current = form !== null;
  }, [form]);
  return (
    <div className="jp-smext-StudioSplit">
      <div className="jp-smext-StudioList" ref={list}>
        <div className="jp-smext-StudioBar">
          <Button
            primary
            label={trans.__('New space…')}
            onClick={() => void commands.execute(CommandIDs.createSpace, { domain_id: model.name })}
          />
        </div>
        {spaces.appsUnknown && <ErrorView error={spaces.appsUnknown} trans={trans} />}
        <PagedListing
          label={trans.__('Spaces')}
          model={spaces}
          columns={columns(spaces.appsUnknown === null, trans)}
          nameOf={space => space.space_display_name ?? space.space_name}
          dataOf={space => ({ space: space.space_name })}
          selected={new Set(selected ? [selected.space_name] : [])}
          onSelect={([name]) => (model.selected = name ?? null)}
          onOpen={space => (model.selected = space.space_name)}
          onDelete={() =>
            selected &&
            void commands.execute(CommandIDs.deleteSpace, {
              domain_id: model.name,
              space_name: selected.space_name
            })
          }
          empty={
            <EmptyView
              icon={studioIcon}
              title={trans.__('No spaces')}
              hint={trans.__(
                'A space is a JupyterLab of its own, with a volume that stays while it is stopped.'
              )}
            />
          }
          trans={trans}
        />
      </div>
      {form?.kind === 'create' ? (
        <CreateSpaceForm {...props} />
      ) : form?.kind === 'change' ? (
        <ChangeSpaceForm key={form.space_name} {...props} space_name={form.space_name} />
      ) : (
        selected && <Selected key={selected.space_name} {...props} summary={selected} />
      )}
    </div>
  );
}

function columns(appsKnown: boolean, trans: TranslationBundle): IColumn<SpaceSummary>[] {
  return [
    {
      id: 'name',
      label: trans.__('Name'),
      track: 'minmax(0, 1fr)',
      render: space => (
        <>
          <Name name={space.space_name} />
          {space.here && <span className="jp-smext-Badge">{trans.__('here')}</span>}
        </>
      )
    },
    {
      id: 'status',
      label: trans.__('Status'),
      track: '104px',
      render: space => <Status {...spaceStatus(space, appsKnown, trans)} />
    },
    {
      id: 'owner',
      label: trans.__('User profile'),
      track: '120px',
      hideBelow: 420,
      render: space => <span className="jp-smext-Ellipsis">{space.owner_user_profile_name}</span>
    },
    {
      id: 'cost',
      label: trans.__('Costs now'),
      track: '128px',
      hideBelow: 560,
      render: space => (
        <span className="jp-smext-Ellipsis" title={sourceOf(space.app?.price, trans)}>
          {space.app ? hourly(space.app.price, trans) : monthly(space.storage_usd_per_month, trans)}
        </span>
      )
    }
  ];
}

/** The space that is selected, with what can be done with it. */
function Selected(props: IDomainViewProps & { summary: SpaceSummary }): React.ReactElement {
  const { model, service, summary, commands, trans } = props;
  const { space_name, status } = summary;
  const app = summary.app;
  // Read again whenever the list says that something is not as it was.
  const load = React.useCallback(
    () => service.describeSpace({ domain_id: model.name, space_name }),
    [service, model, space_name, status, app?.status, summary.last_modified_time]
  );
  const { value, error, reload } = useLoaded(load);
  const run = (command: string) => () =>
    void commands.execute(command, { domain_id: model.name, space_name });
  const changing = isChanging(summary);
  return (
    <section className="jp-smext-StudioDetails" aria-label={trans.__('Space %1', space_name)}>
      <h3>{space_name}</h3>
      <Status {...spaceStatus(summary, model.spaces.appsUnknown === null, trans)} />
      <div className="jp-smext-StudioBar">
        {app ? (
          <>
            <Button
              primary
              label={trans.__('Open')}
              disabled={app.status !== 'InService'}
              onClick={run(CommandIDs.openSpace)}
            />
            <Button
              label={trans.__('Stop…')}
              disabled={app.status === 'Deleting'}
              onClick={run(CommandIDs.stopSpace)}
            />
          </>
        ) : (
          <Button
            primary
            label={trans.__('Start…')}
            disabled={status !== 'InService'}
            onClick={run(CommandIDs.startSpace)}
          />
        )}
        <Button
          label={trans.__('Change…')}
          disabled={changing}
          onClick={run(CommandIDs.changeSpace)}
        />
        <button
          type="button"
          className="jp-Button jp-mod-styled jp-mod-warn jp-smext-Button"
          disabled={changing}
          onClick={run(CommandIDs.deleteSpace)}
        >
          {trans.__('Delete…')}
        </button>
      </div>
      {error && <ErrorView error={error} trans={trans} onRetry={reload} />}
      {value ? <SpaceFacts space={value} trans={trans} /> : !error && <LoadingView trans={trans} />}
    </section>
  );
}

function SpaceFacts(props: { space: Space; trans: TranslationBundle }): React.ReactElement {
  const { space, trans } = props;
  const spec = space.app?.resource_spec ?? space.effective_resource_spec;
  const idle = space.idle_settings;
  return (
    <>
      {(space.failure_reason || space.app?.failure_reason) && (
        <section className="jp-smext-Failure" role="alert">
          <h3>{trans.__('Why it failed')}</h3>
          <pre tabIndex={0}>{space.failure_reason ?? space.app?.failure_reason}</pre>
        </section>
      )}
      <Facts
        facts={[
          [
            trans.__('Instance'),
            <span key="instance" title={sourceOf(space.price, trans)}>
              {spec.instance_type ?? trans.__('default')}, {hourly(space.price, trans)}{' '}
              {space.app ? '' : trans.__('while it runs')}
            </span>
          ],
          [
            trans.__('Volume'),
            space.ebs_volume_size_in_gb && (
              <span title={sourceOf(space.storage_price, trans)}>
                {trans.__('%1 GB', space.ebs_volume_size_in_gb)},{' '}
                {monthly(space.storage_usd_per_month, trans)}
              </span>
            )
          ],
          [
            trans.__('Image'),
            spec.sagemaker_image_version_alias ??
              spec.sagemaker_image_arn?.split('/').pop() ??
              trans.__('the newest of AWS')
          ],
          [trans.__('Lifecycle'), spec.lifecycle_config_arn?.split('/').pop()],
          [
            trans.__('Idle'),
            idle.idle_timeout_in_minutes && idle.lifecycle_management !== 'DISABLED'
              ? trans.__('stops after %1', formatDuration(idle.idle_timeout_in_minutes * 60))
              : trans.__('runs until somebody stops it')
          ],
          [
            trans.__('Unused for'),
            typeof space.app?.idle_minutes === 'number' &&
              formatDuration(space.app.idle_minutes * 60)
          ],
          [trans.__('User profile'), space.owner_user_profile_name],
          [trans.__('Sharing'), space.sharing_type],
          [trans.__('App'), space.app_type],
          [trans.__('Created'), formatTime(space.creation_time)],
          [trans.__('ARN'), space.space_arn]
        ]}
      />
    </>
  );
}
