import * as React from 'react';
import { ModelTab } from '../../common/modelTabs';
import { tuningIcon } from './icon';
import type { TuningJobModel } from './tuningJobModel';
import { type ITuningJobViewProps, TuningJobView } from './tuningJobView';

/** The tab of one tuning job in the main area. */
export function tuningJobTab(props: ITuningJobViewProps): ModelTab<TuningJobModel> {
  const { model, trans } = props;
  return new ModelTab({
    model,
    id: `jp-smext-tuning-job-${model.name}`,
    label: model.name,
    caption: trans.__('Tuning job %1', model.name),
    icon: tuningIcon,
    className: 'jp-smext-TuningJob',
    view: React.createElement(TuningJobView, props)
  });
}
