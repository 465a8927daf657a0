import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { StudioApp } from '../api/types';
import { formatDollars, formatDuration } from '../common/format';
import type { IColumn } from '../common/listing';
import { Name } from '../common/name';
import { PagedListing } from '../common/pagedListing';
import { EmptyView } from '../common/stateView';
import { Status } from '../common/status';
import type { IDomainViewProps } from './domainView';
import { hourly, sourceOf } from './money';
import { appStatus } from './status';

/** The apps of a domain: what costs money by the hour, and since when nobody uses it. */
export function AppsView(props: IDomainViewProps): React.ReactElement {
  const { model, trans } = props;
  const { apps } = model;
  const [selected, setSelected] = React.useState<ReadonlySet<string>>(new Set());
  return (
    <UseSignal signal={apps.changed}>
      {() => (
        <div className="jp-smext-StudioList">
          {apps.rows.length > 0 && (
            <p className="jp-smext-StudioTotal" role="status">
              {totalOf(apps.rows, apps.hasMore, trans)}
            </p>
          )}
          <PagedListing
            label={trans.__('Apps')}
            model={apps}
            columns={columns(trans)}
            nameOf={app => apps.keyOf(app)}
            selected={selected}
            onSelect={setSelected}
            onOpen={app => {
              if (app.space_name) {
                model.selected = app.space_name;
                model.part = 'spaces';
              }
            }}
            empty={
              <EmptyView
                title={trans.__('Nothing runs')}
                hint={trans.__('No app of this domain costs money by the hour now.')}
              />
            }
            trans={trans}
          />
        </div>
      )}
    </UseSignal>
  );
}

/** What all running apps cost an hour, and how many of them have no known price. */
function totalOf(rows: readonly StudioApp[], more: boolean, trans: TranslationBundle): string {
  const running = rows.filter(app => app.status === 'InService' || app.status === 'Pending');
  const priced = running.filter(app => app.price);
  const sum = formatDollars(
    priced.reduce((total, app) => total + (app.price?.usd ?? 0), 0),
    3
  );
  const unknown = running.length - priced.length;
  if (more) {
    return trans.__('%1 an hour for the apps that are listed; there are more', sum);
  }
  return unknown
    ? trans._n(
        '%2 an hour, and %1 app without a known price',
        '%2 an hour, and %1 apps without a known price',
        unknown,
        sum
      )
    : trans.__('%1 an hour', sum);
}

function columns(trans: TranslationBundle): IColumn<StudioApp>[] {
  return [
    {
      id: 'name',
      label: trans.__('Space or user'),
      track: 'minmax(0, 1fr)',
      render: app => <Name name={app.space_name ?? app.user_profile_name ?? app.app_name} />
    },
    {
      id: 'status',
      label: trans.__('Status'),
      track: '104px',
      render: app => (
        <Status {...appStatus(app.status, trans)} title={app.failure_reason ?? undefined} />
      )
    },
    {
      id: 'price',
      label: trans.__('Price'),
      track: '128px',
      hideBelow: 360,
      render: app => (
        <span className="jp-smext-Ellipsis" title={sourceOf(app.price, trans)}>
          {hourly(app.price, trans)}
        </span>
      )
    },
    {
      id: 'idle',
      label: trans.__('Unused for'),
      track: '112px',
      hideBelow: 520,
      render: app =>
        typeof app.idle_minutes === 'number'
          ? formatDuration(app.idle_minutes * 60)
          : trans.__('not known')
    },
    {
      id: 'instance',
      label: trans.__('Instance'),
      track: '128px',
      hideBelow: 640,
      render: app => <span className="jp-smext-Ellipsis">{app.resource_spec.instance_type}</span>
    },
    {
      id: 'type',
      label: trans.__('App'),
      track: '104px',
      hideBelow: 760,
      render: app => <span className="jp-smext-Ellipsis">{app.app_type}</span>
    }
  ];
}
