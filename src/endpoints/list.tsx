import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { EndpointSummary } from '../api/types';
import { Button } from '../common/button';
import { formatRelative, formatTime } from '../common/format';
import type { IColumn } from '../common/listing';
import type { ISelection } from '../common/listSection';
import { Name } from '../common/name';
import { NameField } from '../common/nameField';
import { PagedListing } from '../common/pagedListing';
import { EmptyView } from '../common/stateView';
import { endpointStatus, Status } from '../common/status';
import { CommandIDs } from './commands';
import { endpointIcon } from './icon';
import type { EndpointsModel } from './model';

export interface IEndpointsListProps extends ISelection {
  model: EndpointsModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
}

/** Endpoints, newest first, with a filter. */
export function EndpointsList(props: IEndpointsListProps): JSX.Element {
  return <UseSignal signal={props.model.changed}>{() => <List {...props} />}</UseSignal>;
}

function List(props: IEndpointsListProps): JSX.Element {
  const { model, trans, commands, selected } = props;
  return (
    <>
      <div className="jp-smext-Filter">
        <NameField
          label={trans.__('Filter endpoints by name')}
          value={model.nameContains}
          onChange={nameContains => (model.nameContains = nameContains)}
          trans={trans}
        />
      </div>
      <PagedListing
        label={trans.__('Endpoints')}
        model={model}
        columns={columns(trans)}
        nameOf={endpoint => endpoint.endpoint_name}
        dataOf={endpoint => ({
          endpoint: endpoint.endpoint_name,
          status: endpoint.endpoint_status
        })}
        selected={selected}
        onSelect={props.onSelect}
        onOpen={endpoint =>
          void commands.execute(CommandIDs.open, { endpoint_name: endpoint.endpoint_name })
        }
        onDelete={() => {
          const [name] = selected;
          if (selected.size === 1) {
            void commands.execute(CommandIDs.remove, { endpoint_name: name });
          } else {
            Notification.info(
              trans.__('Endpoints are deleted one at a time, each by its typed name.'),
              { autoClose: 5_000 }
            );
          }
        }}
        place={model.nameContains}
        empty={<Empty {...props} />}
        trans={trans}
      />
    </>
  );
}

function Empty(props: IEndpointsListProps): JSX.Element {
  const { model, commands, trans } = props;
  if (model.nameContains) {
    return (
      <EmptyView
        title={trans.__('No endpoint matches')}
        hint={trans.__('The filter looks at all endpoints of this account and region.')}
      >
        <Button label={trans.__('Clear the filter')} onClick={() => (model.nameContains = '')} />
      </EmptyView>
    );
  }
  return (
    <EmptyView
      icon={endpointIcon}
      title={trans.__('No endpoints')}
      hint={trans.__('Open a completed training job and deploy its model.')}
    >
      {commands.hasCommand('smext:jobs-show') && (
        <Button
          label={trans.__('Show training jobs')}
          onClick={() => void commands.execute('smext:jobs-show')}
        />
      )}
    </EmptyView>
  );
}

function columns(trans: TranslationBundle): IColumn<EndpointSummary>[] {
  return [
    {
      id: 'name',
      label: trans.__('Name'),
      track: 'minmax(0, 1fr)',
      render: endpoint => <Name name={endpoint.endpoint_name} />
    },
    {
      id: 'status',
      label: trans.__('Status'),
      track: '112px',
      render: endpoint => <Status {...endpointStatus(endpoint.endpoint_status, trans)} />
    },
    {
      id: 'created',
      label: trans.__('Created'),
      track: '104px',
      hideBelow: 380,
      render: endpoint => (
        <span className="jp-smext-Ellipsis" title={formatTime(endpoint.creation_time)}>
          {formatRelative(endpoint.creation_time)}
        </span>
      )
    }
  ];
}
