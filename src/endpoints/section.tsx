import type { TranslationBundle } from '@jupyterlab/translation';
import { InputGroup, ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import { Debouncer } from '@lumino/polling';
import * as React from 'react';
import type { EndpointSummary } from '../api/types';
import { ErrorView } from '../common/errorView';
import { formatRelative, formatTime } from '../common/format';
import { type IColumn, Listing } from '../common/listing';
import { Name } from '../common/name';
import { Section } from '../common/section';
import { EmptyView, LoadingView } from '../common/stateView';
import { endpointStatus, Status } from '../common/status';
import { CommandIDs } from './commands';
import { endpointIcon } from './icon';
import type { EndpointsModel } from './model';

/** Milliseconds without a key before a filter takes effect. */
const FILTER_DELAY = 300;

/** The endpoints section of the panel: all endpoints of the account and region, newest first. */
export class EndpointsSection extends Section {
  constructor(options: EndpointsSection.IOptions) {
    const list = new EndpointsList(options);
    super({
      id: 'jp-smext-endpoints',
      className: 'jp-smext-Endpoints',
      label: options.trans.__('Endpoints'),
      commands: options.commands,
      tools: [{ id: CommandIDs.refresh }],
      content: list,
      focus: '[role="grid"]',
      onShow: () => options.model.wake()
    });
    this._list = list;
  }

  /** Names of the selected endpoints. */
  get selected(): readonly string[] {
    return [...this._list.selected];
  }

  private readonly _list: EndpointsList;
}

export namespace EndpointsSection {
  export interface IOptions {
    model: EndpointsModel;
    commands: CommandRegistry;
    trans: TranslationBundle;
  }
}

class EndpointsList extends ReactWidget {
  constructor(private readonly _options: EndpointsSection.IOptions) {
    super();
    const { model } = _options;
    this._filter = new Debouncer((text: string) => {
      model.nameContains = text;
    }, FILTER_DELAY);
  }

  selected: ReadonlySet<string> = new Set();

  dispose(): void {
    this._filter.dispose();
    super.dispose();
  }

  protected render(): JSX.Element {
    const { model, trans, commands } = this._options;
    return (
      <UseSignal signal={model.changed}>
        {() => (
          <>
            <div className="jp-smext-Filter">
              <InputGroup
                className="jp-smext-Filter-text"
                type="search"
                rightIcon="ui-components:search"
                placeholder={trans.__('Filter')}
                aria-label={trans.__('Filter endpoints by name')}
                onChange={event => void this._filter.invoke(event.target.value.trim())}
              />
            </div>
            {model.error && model.rows.length > 0 && (
              <ErrorView error={model.error} trans={trans} onRetry={() => void model.refresh()} />
            )}
            <Listing
              label={trans.__('Endpoints')}
              rows={model.rows}
              columns={columns(trans)}
              keyOf={endpoint => model.keyOf(endpoint)}
              nameOf={endpoint => model.keyOf(endpoint)}
              dataOf={endpoint => ({
                endpoint: endpoint.endpoint_name,
                status: endpoint.endpoint_status
              })}
              selected={this.selected}
              onSelect={selected => {
                this.selected = selected;
                this.update();
              }}
              onOpen={endpoint =>
                void commands.execute(CommandIDs.open, { endpoint_name: endpoint.endpoint_name })
              }
              onDelete={() => {
                const [name] = this.selected;
                if (this.selected.size === 1) {
                  void commands.execute(CommandIDs.remove, { endpoint_name: name });
                }
              }}
              onMore={model.hasMore ? () => void model.loadMore() : undefined}
              place={model.nameContains}
              placeholder={<Placeholder {...this._options} />}
              trans={trans}
            />
          </>
        )}
      </UseSignal>
    );
  }

  private readonly _filter: Debouncer<void, void, [string]>;
}

/** What is shown where there are no endpoints, and why. */
function Placeholder(props: EndpointsSection.IOptions): JSX.Element {
  const { model, trans } = props;
  if (model.error) {
    return <ErrorView error={model.error} trans={trans} onRetry={() => void model.refresh()} />;
  }
  if (model.loading) {
    return <LoadingView trans={trans} />;
  }
  if (model.nameContains) {
    return (
      <EmptyView
        title={trans.__('No endpoint matches')}
        hint={trans.__('The filter looks at all endpoints of this account and region.')}
      />
    );
  }
  return (
    <EmptyView
      icon={endpointIcon}
      title={trans.__('No endpoints')}
      hint={trans.__('Open a completed training job and deploy its model.')}
    />
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
