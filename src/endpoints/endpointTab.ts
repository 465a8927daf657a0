import * as React from 'react';
import { ModelTab } from '../common/modelTabs';
import type { EndpointModel } from './endpointModel';
import { EndpointView, type IEndpointViewProps } from './endpointView';
import { endpointIcon } from './icon';

/** The tab of one endpoint in the main area. */
export function endpointTab(props: IEndpointViewProps): ModelTab<EndpointModel> {
  const { model, trans } = props;
  return new ModelTab({
    model,
    id: `jp-smext-endpoint-${model.name}`,
    label: model.name,
    caption: trans.__('Endpoint %1', model.name),
    icon: endpointIcon,
    className: 'jp-smext-Endpoint',
    view: React.createElement(EndpointView, props)
  });
}
