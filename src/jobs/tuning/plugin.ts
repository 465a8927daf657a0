import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, ICommandPalette, InputDialog, showErrorMessage } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { copyIcon, refreshIcon, stopIcon } from '@jupyterlab/ui-components';
import { SmextError } from '../../api/client';
import type { TuningJobSummary } from '../../api/types';
import type { ListSection } from '../../common/listSection';
import { ModelTabs } from '../../common/modelTabs';
import { noArguments } from '../../common/noArguments';
import { subjectOf } from '../../common/section';
import { tellSettled } from '../../common/tellSettled';
import { ISmext, ISmextPanel, ITasks } from '../../tokens';
import { BestObjectives } from './bestObjectives';
import { CommandIDs } from './commands';
import { tuningIcon } from './icon';
import { TuningJobsModel } from './model';
import { tuningSection } from './section';
import { TuningService } from './service';
import { tuningStatus } from './status';
import { TuningJobModel } from './tuningJobModel';
import { tuningJobTab } from './tuningJobTab';

/** Tasks of this kind launch a job; the one of a tuning job names it as the training job. */
const LAUNCH = 'estimators.launch';

/** The section of the panel. */
const SECTION = 'tuning';

export const tuningPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-smext:tuning',
  description: 'Adds the list of hyperparameter tuning jobs and the tab of one tuning job.',
  autoStart: true,
  requires: [ISmext],
  optional: [ISmextPanel, ITasks, ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    smext: ISmext,
    panel: ISmextPanel | null,
    tasks: ITasks | null,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    const { commands, shell } = app;
    const service = new TuningService(smext.api);
    const model = new TuningJobsModel(service, { smext, isWatched: () => section.isVisible });
    const bests = new BestObjectives(service, model);
    const section: ListSection<TuningJobSummary> = tuningSection({ model, bests, commands, trans });
    /** Runs a command about one training job; null where its plugin is switched off. */
    const onTrial = (command: string) =>
      commands.hasCommand(command)
        ? (name: string) => void commands.execute(command, { training_job_name: name })
        : null;
    const tabs = new ModelTabs<TuningJobModel>({
      namespace: 'smext-tuning-job',
      shell,
      make: name =>
        tuningJobTab({
          model: new TuningJobModel(service, smext, name),
          trans,
          onStop: () => void stop(name),
          onOpenTuningJob: parent => void tabs.open(parent),
          actions: {
            open: onTrial('smext:job-open') ?? (() => undefined),
            deploy: onTrial('smext:endpoint-deploy'),
            newSpec: onTrial('smext:estimator-from-job')
          }
        })
    });
    panel?.addSection({ id: SECTION, rank: 25, widget: section, part: 'jobs' });

    const jobOf = (args: { hyper_parameter_tuning_job_name?: unknown }): string | null =>
      subjectOf(args.hyper_parameter_tuning_job_name, section, tabs.shown);
    /** Which tuning job to open; null: it has to be asked for, because the one that is shown is open already. */
    const toOpen = (args: { hyper_parameter_tuning_job_name?: unknown }): string | null =>
      subjectOf(args.hyper_parameter_tuning_job_name, section, null);
    const askName = async (): Promise<string | null> => {
      await model.refresh();
      const { value } = await InputDialog.getItem({
        title: trans.__('Open Tuning Job'),
        label: trans.__('Name of the tuning job'),
        items: model.rows.map(each => each.hyper_parameter_tuning_job_name),
        editable: true,
        okLabel: trans.__('Open')
      });
      return value?.trim() || null;
    };
    const stop = async (name: string): Promise<void> => {
      const open = tabs.model(name);
      try {
        const { cost } = await service.trials(name);
        const { confirmStop } = await import('./stopDialog');
        if (!(await confirmStop(name, cost, trans))) {
          return;
        }
        await (open ? open.stop() : service.stop(name));
      } catch (reason) {
        await showErrorMessage(trans.__('The tuning job was not stopped'), SmextError.from(reason));
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
          hyper_parameter_tuning_job_name: {
            type: 'string',
            description: trans.__('Name of the tuning job')
          }
        }
      }
    } as const;

    commands.addCommand(CommandIDs.open, {
      label: args => (toOpen(args) ? trans.__('Open Tuning Job') : trans.__('Open Tuning Job…')),
      caption: trans.__('Show the progress, the best result and all training jobs of a tuning job'),
      icon: tuningIcon,
      describedBy: oneJob,
      execute: async args => {
        const name = toOpen(args) ?? (await askName());
        return name ? tabs.open(name) : undefined;
      }
    });
    commands.addCommand(CommandIDs.stop, {
      label: trans.__('Stop Tuning Job…'),
      caption: trans.__('Ask AWS to stop a tuning job and the training jobs that it runs'),
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
    commands.addCommand(CommandIDs.show, {
      label: trans.__('Show Tuning Jobs'),
      caption: trans.__('Open the list of tuning jobs in the SageMaker panel'),
      icon: tuningIcon,
      describedBy: noArguments,
      isVisible: () => panel !== null,
      execute: () => panel?.reveal(SECTION)
    });
    commands.addCommand(CommandIDs.copyName, {
      label: trans.__('Copy Name of Tuning Job'),
      caption: trans.__('Copy the name of a tuning job to the clipboard'),
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
      label: trans.__('Refresh Tuning Jobs'),
      caption: trans.__('Ask AWS for the tuning jobs again'),
      icon: refreshIcon,
      describedBy: noArguments,
      execute: () => model.refresh()
    });

    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('SageMaker') });
    }
    const rows = '.jp-smext-TuningJobs .jp-smext-Listing-row';
    app.contextMenu.addItem({ command: CommandIDs.open, selector: rows, rank: 1 });
    app.contextMenu.addItem({ command: CommandIDs.copyName, selector: rows, rank: 2 });
    app.contextMenu.addItem({
      command: CommandIDs.stop,
      selector: `${rows}[data-status="InProgress"]`,
      rank: 3
    });
    if (restorer) {
      tabs.restore(restorer, CommandIDs.open, 'hyper_parameter_tuning_job_name');
    }
    tasks?.finished.connect((_, task) => {
      if (task.kind === LAUNCH && task.state === 'succeeded') {
        void model.refresh();
      }
    });
    model.settled.connect((_, job) => {
      const name = job.hyper_parameter_tuning_job_name;
      // Who looks at the tuning job sees it there.
      if (tabs.shown === name) {
        return;
      }
      const { word } = tuningStatus(job.hyper_parameter_tuning_job_status, trans);
      tellSettled({
        message: trans.__('Tuning job %1: %2', name, word),
        failed: job.hyper_parameter_tuning_job_status === 'Failed',
        ofOthers: !tabs.model(name) && !wasLaunchedHere(name),
        onOpen: () => void tabs.open(name),
        trans
      });
    });
  }
};
