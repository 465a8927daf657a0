import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { TrainingJobStatus } from '../../api/types';
import { JobsList } from '../../jobs/list';
import { JobsModel } from '../../jobs/model';
import { type IJobsFilter, JobsService } from '../../jobs/service';
import { type ContentFactory, useTraits } from './content';

/** Rows that Python gets. */
const MOST_ROWS = 50;

/** `JobTable`: the training jobs of the account and region, as the panel lists them. */
export const jobTable: ContentFactory = (traits, { smext, commands, trans }) => {
  let isActive = false;
  const filter = (): IJobsFilter => ({
    nameContains: traits.get<string>('name_contains'),
    status: (traits.get<string>('status_equals') || null) as TrainingJobStatus | null
  });
  const model = new JobsModel(
    new JobsService(smext.api),
    { smext, isWatched: () => isActive },
    filter()
  );
  model.changed.connect(() => {
    const { nameContains, status } = model.filter;
    traits.set({ name_contains: nameContains, status_equals: status ?? '' });
    if (!model.loading) {
      traits.set({ jobs: model.rows.slice(0, MOST_ROWS) });
    }
  });
  traits.onChange(['name_contains', 'status_equals'], () => (model.filter = filter()));

  const View = (): React.ReactElement => {
    useTraits(traits, ['selected']);
    return (
      <UseSignal signal={smext.problemChanged}>
        {() => (
          <JobsList
            model={model}
            problem={smext.problem}
            commands={commands}
            selected={new Set(traits.get<string[]>('selected'))}
            onSelect={selected => traits.set({ selected: [...selected] })}
            trans={trans}
          />
        )}
      </UseSignal>
    );
  };

  return {
    view: () => <View />,
    set active(active: boolean) {
      isActive = active;
      if (active) {
        model.wake();
      }
    },
    dispose: () => model.dispose()
  };
};
