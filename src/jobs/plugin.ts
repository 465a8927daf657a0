import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Clipboard,
  Dialog,
  ICommandPalette,
  showDialog,
  showErrorMessage
} from '@jupyterlab/apputils';
import { IRunningSessionManagers } from '@jupyterlab/running';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { copyIcon, refreshIcon, runIcon, stopIcon } from '@jupyterlab/ui-components';
import { SmextError } from '../api/client';
import type { TrainingJobSummary } from '../api/types';
import type { ListSection } from '../common/listSection';
import { ModelTabs } from '../common/modelTabs';
import { noArguments } from '../common/noArguments';
import { RunningCount } from '../common/running';
import { subjectOf } from '../common/section';
import { jobStatus } from '../common/status';
import { tellSettled } from '../common/tellSettled';
import { ISmext, ISmextPanel, ITasks } from '../tokens';
import { CommandIDs } from './commands';
import { jobIcon } from './icon';
import { JobModel } from './jobModel';
import { jobTab } from './jobTab';
import { JobsModel } from './model';
import { runningJobs } from './running';
import { jobsSection } from './section';
import { JobsService } from './service';

/** Makes an Estimator of a job; it is there unless the estimators plugin is switched off. */
const FROM_JOB = 'smext:estimator-from-job';

/** Shows a tuning job; it is there unless the tuning plugin is switched off. */
const OPEN_TUNING_JOB = 'smext:open-tuning-job';

/** Tasks of this kind launch a job. */
const LAUNCH = 'estimators.launch';

/** The section of the panel. */
const SECTION = 'training';

export const jobsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-smext:jobs',
  description: 'Adds the list of training jobs and the tab of one job.',
  autoStart: true,
  requires: [ISmext],
  optional: [
    ISmextPanel,
    ITasks,
    ITranslator,
    ILayoutRestorer,
    ICommandPalette,
    IRunningSessionManagers
  ],
  activate: (
    app: JupyterFrontEnd,
    smext: ISmext,
    panel: ISmextPanel | null,
    tasks: ITasks | null,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    running: IRunningSessionManagers | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    const { commands, shell } = app;
    const service = new JobsService(smext.api);
    // The header of the panel counts jobs also while their section is folded.
    const watched = { smext, isWatched: () => section.parent?.isVisible === true };
    const model = new JobsModel(service, watched);
    // Apart from the list, which a filter may narrow to anything.
    const inProgress = new JobsModel(service, watched, { nameContains: '', status: 'InProgress' });
    const section: ListSection<TrainingJobSummary> = jobsSection({
      model,
      onShow: () => [model, inProgress].forEach(each => each.wake()),
      commands,
      trans
    });
    const tabs = new ModelTabs<JobModel>({
      namespace: 'smext-job',
      shell,
      make: name =>
        jobTab({
          model: new JobModel(service, smext, name),
          trans,
          onStop: () => void stop(name),
          onLaunchAgain: commands.hasCommand(FROM_JOB)
            ? () => void commands.execute(CommandIDs.again, { training_job_name: name })
            : null,
          onDeploy: commands.hasCommand('smext:endpoint-deploy')
            ? () => void commands.execute('smext:endpoint-deploy', { training_job_name: name })
            : null,
          onOpenTuningJob: commands.hasCommand(OPEN_TUNING_JOB)
            ? tuning =>
                void commands.execute(OPEN_TUNING_JOB, { hyper_parameter_tuning_job_name: tuning })
            : null,
          actions: {
            showInS3: commands.hasCommand('smext:s3-open')
              ? uri => void commands.execute('smext:s3-open', { uri })
              : null
          }
        })
    });

    panel?.addSection({ id: SECTION, rank: 20, widget: section, part: 'jobs' });
    panel?.addRunning(
      new RunningCount({
        list: inProgress,
        section: SECTION,
        rank: 20,
        countOf: rows => rows.length,
        label: count =>
          inProgress.hasMore
            ? trans.__('More than %1 jobs in progress', count)
            : trans._n('%1 job in progress', '%1 jobs in progress', count)
      })
    );

    const jobOf = (args: { training_job_name?: unknown }): string | null =>
      subjectOf(args.training_job_name, section, tabs.shown);
    const stop = async (name: string) => {
      const { button } = await showDialog({
        title: trans.__('Stop this training job?'),
        body: trans.__(
          '%1 gets 120 seconds to save what it has. Time until it has stopped is billed.',
          name
        ),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Keep running') }),
          Dialog.warnButton({ label: trans.__('Stop job') })
        ],
        defaultButton: 0
      });
      if (!button.accept) {
        return;
      }
      const open = tabs.model(name);
      try {
        await (open ? open.stop() : service.stop(name));
      } catch (reason) {
        await showErrorMessage(trans.__('The job was not stopped'), SmextError.from(reason));
      }
      void model.refresh();
    };
    const wasLaunchedHere = (name: string): boolean =>
      tasks?.tasks.some(
        ({ kind, result }) => kind === LAUNCH && result?.training_job_name === name
      ) ?? false;
    const oneJob = {
      args: {
        type: 'object',
        properties: {
          training_job_name: { type: 'string', description: trans.__('Name of the training job') }
        }
      }
    } as const;

    commands.addCommand(CommandIDs.open, {
      label: trans.__('Open Training Job'),
      caption: trans.__('Show status, log, metrics and artifacts of a training job'),
      icon: jobIcon,
      describedBy: oneJob,
      isEnabled: args => jobOf(args) !== null,
      execute: args => {
        const name = jobOf(args);
        return name ? tabs.open(name) : undefined;
      }
    });
    commands.addCommand(CommandIDs.stop, {
      label: trans.__('Stop Training Job…'),
      caption: trans.__('Ask AWS to stop a training job'),
      icon: stopIcon,
      describedBy: oneJob,
      isEnabled: args => jobOf(args) !== null,
      execute: async args => {
        const name = jobOf(args);
        if (name) {
          await stop(name);
        }
      }
    });
    commands.addCommand(CommandIDs.again, {
      label: trans.__('Launch Training Job Again…'),
      caption: trans.__('Open an Estimator that does what a training job did'),
      icon: runIcon,
      describedBy: oneJob,
      isVisible: () => commands.hasCommand(FROM_JOB),
      isEnabled: args => jobOf(args) !== null,
      execute: async args => {
        try {
          await commands.execute(FROM_JOB, { training_job_name: jobOf(args) });
        } catch (reason) {
          const title = trans.__('The job cannot be launched again');
          await showErrorMessage(title, SmextError.from(reason));
        }
      }
    });
    commands.addCommand(CommandIDs.show, {
      label: trans.__('Show Training Jobs'),
      caption: trans.__('Open the list of training jobs in the SageMaker panel'),
      icon: jobIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            name_contains: {
              type: 'string',
              description: trans.__('Only jobs whose name holds this')
            }
          }
        }
      },
      isVisible: () => panel !== null,
      execute: args => {
        if (typeof args.name_contains === 'string') {
          model.filter = { nameContains: args.name_contains, status: null };
        }
        panel?.reveal(SECTION);
      }
    });
    commands.addCommand(CommandIDs.copyName, {
      label: trans.__('Copy Name of Training Job'),
      caption: trans.__('Copy the name of a training job to the clipboard'),
      icon: copyIcon,
      describedBy: oneJob,
      isEnabled: args => jobOf(args) !== null,
      execute: args => {
        const name = jobOf(args);
        if (name) {
          Clipboard.copyToSystem(name);
        }
      }
    });
    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh Training Jobs'),
      caption: trans.__('Ask AWS for the training jobs again'),
      icon: refreshIcon,
      describedBy: noArguments,
      execute: () => model.refresh()
    });

    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('SageMaker') });
    }
    const rows = '.jp-smext-Jobs .jp-smext-Listing-row';
    app.contextMenu.addItem({ command: CommandIDs.open, selector: rows, rank: 1 });
    app.contextMenu.addItem({ command: CommandIDs.again, selector: rows, rank: 2 });
    app.contextMenu.addItem({ command: CommandIDs.copyName, selector: rows, rank: 2 });
    app.contextMenu.addItem({
      command: CommandIDs.stop,
      selector: `${rows}[data-status="InProgress"]`,
      rank: 3
    });
    if (restorer) {
      tabs.restore(restorer, CommandIDs.open, 'training_job_name');
    }
    running?.add(
      runningJobs({
        model: inProgress,
        trans,
        open: name => void commands.execute(CommandIDs.open, { training_job_name: name }),
        stop: name => void stop(name),
        openPanel: () => panel?.reveal(SECTION)
      })
    );
    tasks?.finished.connect((_, task) => {
      if (task.kind === LAUNCH && task.state === 'succeeded') {
        [model, inProgress].forEach(each => void each.refresh());
      }
    });
    model.settled.connect((_, job) => {
      const name = job.training_job_name;
      // Who looks at the job sees it there.
      if (tabs.shown === name) {
        return;
      }
      const { word } = jobStatus(job.training_job_status, trans);
      tellSettled({
        message: trans.__('Training job %1: %2', name, word),
        failed: job.training_job_status === 'Failed',
        ofOthers: !tabs.model(name) && !wasLaunchedHere(name),
        onOpen: () => void tabs.open(name),
        trans
      });
    });
  }
};
