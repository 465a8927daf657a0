import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { TuningJobSummary } from '../../api/types';
import { ListSection } from '../../common/listSection';
import type { BestObjectives } from './bestObjectives';
import { CommandIDs } from './commands';
import { TuningList } from './list';
import type { TuningJobsModel } from './model';

/** The tuning section of the panel: all tuning jobs of the account and region, newest first. */
export function tuningSection(options: {
  model: TuningJobsModel;
  bests: BestObjectives;
  commands: CommandRegistry;
  trans: TranslationBundle;
}): ListSection<TuningJobSummary> {
  return new ListSection({
    id: 'jp-smext-tuning',
    className: 'jp-smext-TuningJobs',
    label: options.trans.__('Tuning'),
    tools: [{ id: CommandIDs.refresh }],
    onShow: () => options.model.wake(),
    view: selection => <TuningList {...options} {...selection} />,
    ...options
  });
}
