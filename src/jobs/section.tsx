import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, copyIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { TrainingJobSummary } from '../api/types';
import { ListSection } from '../common/listSection';
import { CommandIDs } from './commands';
import { JobsList } from './list';
import type { JobsModel } from './model';

/** The training section of the panel: all jobs of the account and region, newest first. */
export function jobsSection(options: {
  model: JobsModel;
  /** The section can be seen from now on. */
  onShow: () => void;
  commands: CommandRegistry;
  trans: TranslationBundle;
}): ListSection<TrainingJobSummary> {
  return new ListSection({
    id: 'jp-smext-jobs',
    className: 'jp-smext-Jobs',
    label: options.trans.__('Training'),
    tools: [
      { id: 'smext:estimator-new', icon: addIcon },
      { id: 'smext:estimator-from-template', icon: copyIcon },
      { id: CommandIDs.refresh }
    ],
    view: selection => <JobsList {...options} {...selection} />,
    ...options
  });
}
