import type { TranslationBundle } from '@jupyterlab/translation';
import type { TrainingJobSummary } from '../api/types';
import { formatRelative } from '../common/format';
import { RunningManager } from '../common/running';
import { jobStatus } from '../common/status';
import { jobIcon } from './icon';
import type { JobsModel } from './model';

/** Jobs in progress, for JupyterLab's panel of what runs. */
export function runningJobs(options: {
  model: JobsModel;
  trans: TranslationBundle;
  open: (name: string) => void;
  stop: (name: string) => void;
  openPanel: () => void;
}): RunningManager<TrainingJobSummary> {
  const { model, trans, open, stop, openPanel } = options;
  return new RunningManager({
    name: trans.__('SageMaker jobs'),
    list: model,
    itemOf: job => ({
      label: () => job.training_job_name,
      labelTitle: () => jobStatus(job.training_job_status, trans).word,
      detail: () => formatRelative(job.creation_time),
      icon: () => jobIcon,
      open: () => open(job.training_job_name),
      shutdown: () => stop(job.training_job_name)
    }),
    shutdownLabel: trans.__('Stop…'),
    showAllLabel: trans.__('Show All'),
    showAllText: trans.__(
      'Training jobs are stopped one by one in the SageMaker panel. This opens it and stops nothing.'
    ),
    showAll: openPanel
  });
}
