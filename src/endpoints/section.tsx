import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { EndpointSummary } from '../api/types';
import { ListSection } from '../common/listSection';
import { CommandIDs } from './commands';
import { EndpointsList } from './list';
import type { EndpointsModel } from './model';

/** The endpoints section of the panel: all endpoints of the account and region, newest first. */
export function endpointsSection(options: {
  model: EndpointsModel;
  commands: CommandRegistry;
  trans: TranslationBundle;
}): ListSection<EndpointSummary> {
  return new ListSection({
    id: 'jp-smext-endpoints',
    className: 'jp-smext-Endpoints',
    label: options.trans.__('Endpoints'),
    tools: [{ id: CommandIDs.refresh }],
    onShow: () => options.model.wake(),
    view: selection => <EndpointsList {...options} {...selection} />,
    ...options
  });
}
