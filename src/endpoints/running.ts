import type { TranslationBundle } from '@jupyterlab/translation';
import type { EndpointSummary } from '../api/types';
import { formatRelative } from '../common/format';
import { RunningManager } from '../common/running';
import { endpointStatus } from '../common/status';
import { endpointIcon } from './icon';
import type { EndpointsModel } from './model';

/** Endpoints, for JupyterLab's panel of what runs. They are deleted in their own tab, with the plan in view. */
export function runningEndpoints(options: {
  model: EndpointsModel;
  trans: TranslationBundle;
  open: (name: string) => void;
  openPanel: () => void;
}): RunningManager<EndpointSummary> {
  const { model, trans, open, openPanel } = options;
  return new RunningManager({
    name: trans.__('SageMaker endpoints'),
    list: model,
    itemOf: endpoint => ({
      label: () => endpoint.endpoint_name,
      labelTitle: () => endpointStatus(endpoint.endpoint_status, trans).word,
      detail: () => formatRelative(endpoint.creation_time),
      icon: () => endpointIcon,
      open: () => open(endpoint.endpoint_name)
    }),
    showAllLabel: trans.__('Show All'),
    showAllText: trans.__(
      'Endpoints are deleted one by one in the SageMaker panel. This opens it and deletes nothing.'
    ),
    showAll: openPanel
  });
}
