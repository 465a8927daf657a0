import * as React from 'react';
import { ModelTab } from '../common/modelTabs';
import { jobIcon } from './icon';
import type { JobModel } from './jobModel';
import { type IJobViewProps, JobView } from './jobView';

/** The tab of one training job in the main area. */
export function jobTab(props: IJobViewProps): ModelTab<JobModel> {
  const { model, trans } = props;
  return new ModelTab({
    model,
    id: `jp-smext-job-${model.name}`,
    label: model.name,
    caption: trans.__('Training job %1', model.name),
    icon: jobIcon,
    className: 'jp-smext-Job',
    view: React.createElement(JobView, props)
  });
}
