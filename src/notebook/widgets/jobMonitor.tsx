import * as React from 'react';
import type { TrainingJob } from '../../api/types';
import { CommandIDs as EndpointCommands } from '../../endpoints/commands';
import { CommandIDs as JobCommands } from '../../jobs/commands';
import { JobModel } from '../../jobs/jobModel';
import { JobView } from '../../jobs/jobView';
import { JobsService } from '../../jobs/service';
import { CommandIDs as TuningCommands } from '../../jobs/tuning/commands';
import { CommandIDs as S3Commands } from '../../s3/commandIds';
import type { ISmext } from '../../tokens';
import { type ContentFactory, useTraits } from './content';
import { type IHold, SharedModels } from './sharedModels';

/** The jobs that are watched, in all notebooks of the page. */
let jobs: SharedModels<JobModel> | null = null;

function sharedJobs(smext: ISmext): SharedModels<JobModel> {
  jobs ??= new SharedModels(name => new JobModel(new JobsService(smext.api), smext, name));
  return jobs;
}

/** `JobMonitor`: one training job, as its tab shows it. */
export const jobMonitor: ContentFactory = (traits, { smext, commands, trans }) => {
  let hold: IHold<JobModel> | null = null;
  let isActive = false;

  const tell = (model: JobModel): void => {
    if (model.job) {
      // Environment variables can hold secrets, and all of AWS's answer is too much for a notebook.
      const job: Partial<TrainingJob> = { ...model.job };
      delete job.environment;
      delete job.describe;
      const { training_job_status: status, secondary_status } = model.job;
      traits.set({ status, secondary_status, job });
    }
  };
  const watch = (): void => {
    const name = traits.get<string>('training_job_name');
    if (hold?.model.name === name) {
      return;
    }
    leave();
    const taken = sharedJobs(smext).hold(name);
    taken.model.changed.connect(tell);
    hold = taken;
    taken.active = isActive;
    tell(taken.model);
  };
  const leave = (): void => {
    hold?.model.changed.disconnect(tell);
    hold?.release();
    hold = null;
  };

  watch();
  traits.onChange(['training_job_name'], watch);

  const View = (): React.ReactElement | null => {
    useTraits(traits, ['training_job_name']);
    const model = hold?.model ?? null;
    const run = (command: string) => () =>
      void commands.execute(command, { training_job_name: model?.name });
    const offered = (command: string) => (commands.hasCommand(command) ? run(command) : null);
    return (
      model && (
        <JobView
          key={model.name}
          model={model}
          trans={trans}
          onStop={run(JobCommands.stop)}
          onLaunchAgain={offered(JobCommands.again)}
          onDeploy={offered(EndpointCommands.deploy)}
          onOpenTuningJob={
            commands.hasCommand(TuningCommands.open)
              ? tuning =>
                  void commands.execute(TuningCommands.open, {
                    hyper_parameter_tuning_job_name: tuning
                  })
              : null
          }
          actions={{
            showInS3: commands.hasCommand(S3Commands.open)
              ? uri => void commands.execute(S3Commands.open, { uri })
              : null
          }}
        />
      )
    );
  };

  return {
    view: () => <View />,
    set active(active: boolean) {
      isActive = active;
      if (hold) {
        hold.active = active;
      }
    },
    dispose: leave
  };
};
