import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, ICommandPalette, showErrorMessage } from '@jupyterlab/apputils';
import { IRunningSessionManagers } from '@jupyterlab/running';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { closeIcon, copyIcon, refreshIcon } from '@jupyterlab/ui-components';
import { SmextError } from '../api/client';
import type { EndpointSummary } from '../api/types';
import type { ListSection } from '../common/listSection';
import { ModelTabs } from '../common/modelTabs';
import { noArguments } from '../common/noArguments';
import { RunningCount } from '../common/running';
import { subjectOf } from '../common/section';
import { endpointStatus } from '../common/status';
import { tellSettled } from '../common/tellSettled';
import { ISmext, ISmextPanel } from '../tokens';
import { CommandIDs } from './commands';
import { confirmDelete } from './deleteDialog';
import { askDeployment } from './deployDialog';
import { EndpointModel } from './endpointModel';
import { endpointTab } from './endpointTab';
import { endpointIcon } from './icon';
import { EndpointsModel } from './model';
import { runningEndpoints } from './running';
import { endpointsSection } from './section';
import { EndpointsService } from './service';

/** The section of the panel. */
const SECTION = 'endpoints';

export const endpointsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-smext:endpoints',
  description: 'Adds the list of endpoints, the tab of one endpoint, and the deployment of a job.',
  autoStart: true,
  requires: [ISmext],
  optional: [ISmextPanel, ITranslator, ILayoutRestorer, ICommandPalette, IRunningSessionManagers],
  activate: (
    app: JupyterFrontEnd,
    smext: ISmext,
    panel: ISmextPanel | null,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    running: IRunningSessionManagers | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    const { commands, shell } = app;
    const service = new EndpointsService(smext.api);
    const model = new EndpointsModel(service, {
      smext,
      // The header of the panel counts endpoints also while their section is folded.
      isWatched: () => section.parent?.isVisible === true
    });
    const section: ListSection<EndpointSummary> = endpointsSection({ model, commands, trans });
    const tabs = new ModelTabs<EndpointModel>({
      namespace: 'smext-endpoint',
      shell,
      make: name =>
        endpointTab({
          model: new EndpointModel(service, smext, name),
          trans,
          onDelete: () => void remove(name),
          openJob: commands.hasCommand('smext:job-open')
            ? job => void commands.execute('smext:job-open', { training_job_name: job })
            : null,
          openS3: commands.hasCommand('smext:s3-open')
            ? uri => void commands.execute('smext:s3-open', { uri })
            : null
        })
    });

    panel?.addSection({ id: SECTION, rank: 30, widget: section, part: 'endpoints' });
    panel?.addRunning(
      new RunningCount({
        list: model,
        section: SECTION,
        rank: 30,
        countOf: rows =>
          model.nameContains
            ? null
            : rows.filter(({ endpoint_status }) => endpoint_status === 'InService').length,
        label: count =>
          model.hasMore
            ? trans._n('At least %1 endpoint in service', 'At least %1 endpoints in service', count)
            : trans._n('%1 endpoint in service', '%1 endpoints in service', count)
      })
    );

    const endpointOf = (args: { endpoint_name?: unknown }): string | null =>
      subjectOf(args.endpoint_name, section, tabs.shown);
    const deploy = async (jobName: string) => {
      const request = await askDeployment({
        jobName,
        sandbox: smext.identity?.sandbox === true,
        service,
        trans
      });
      if (!request) {
        return;
      }
      try {
        const endpoint = await service.deploy(request);
        void model.refresh();
        tabs.open(endpoint.endpoint_name);
      } catch (reason) {
        await showFailure(trans.__('The model was not deployed'), reason);
      }
    };
    const remove = async (name: string) => {
      try {
        const typed = await confirmDelete(await service.deletePlan(name), trans);
        if (typed === null) {
          return;
        }
        const { resources } = await service.delete(name, typed);
        const left = resources.filter(resource => resource.error);
        if (left.length) {
          throw new SmextError(left[0].error!, 0);
        }
      } catch (reason) {
        await showFailure(trans.__('Not everything was deleted'), reason);
      }
      void model.refresh();
      void tabs.model(name)?.refresh();
    };
    const showFailure = (title: string, reason: unknown) => {
      const { message, hint } = SmextError.from(reason).envelope;
      return showErrorMessage(title, [message, hint].filter(Boolean).join('\n\n'));
    };
    const oneEndpoint = {
      args: {
        type: 'object',
        properties: {
          endpoint_name: { type: 'string', description: trans.__('Name of the endpoint') }
        }
      }
    } as const;

    commands.addCommand(CommandIDs.open, {
      label: trans.__('Open Endpoint'),
      caption: trans.__('Show the state of an endpoint and try it'),
      icon: endpointIcon,
      describedBy: oneEndpoint,
      isEnabled: args => endpointOf(args) !== null,
      execute: args => {
        const name = endpointOf(args);
        return name ? tabs.open(name) : undefined;
      }
    });
    commands.addCommand(CommandIDs.deploy, {
      label: trans.__('Deploy Training Job…'),
      caption: trans.__('Make an endpoint from the model of a completed training job'),
      icon: endpointIcon,
      describedBy: {
        args: {
          type: 'object',
          required: ['training_job_name'],
          properties: {
            training_job_name: { type: 'string', description: trans.__('Name of the training job') }
          }
        }
      },
      isEnabled: args => typeof args.training_job_name === 'string',
      execute: args => deploy(args.training_job_name as string)
    });
    commands.addCommand(CommandIDs.remove, {
      label: trans.__('Delete Endpoint…'),
      caption: trans.__('Delete an endpoint and what belongs to it'),
      icon: closeIcon,
      describedBy: oneEndpoint,
      isEnabled: args => endpointOf(args) !== null,
      execute: async args => {
        const name = endpointOf(args);
        if (name) {
          await remove(name);
        }
      }
    });
    commands.addCommand(CommandIDs.copyName, {
      label: trans.__('Copy Name of Endpoint'),
      caption: trans.__('Copy the name of an endpoint to the clipboard'),
      icon: copyIcon,
      describedBy: oneEndpoint,
      isEnabled: args => endpointOf(args) !== null,
      execute: args => {
        const name = endpointOf(args);
        if (name) {
          Clipboard.copyToSystem(name);
        }
      }
    });
    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh Endpoints'),
      caption: trans.__('Ask AWS for the endpoints again'),
      icon: refreshIcon,
      describedBy: noArguments,
      execute: () => model.refresh()
    });

    for (const command of [
      CommandIDs.open,
      CommandIDs.remove,
      CommandIDs.copyName,
      CommandIDs.refresh
    ]) {
      palette?.addItem({ command, category: trans.__('SageMaker') });
    }
    const selector = '.jp-smext-Endpoints .jp-smext-Listing-row';
    app.contextMenu.addItem({ command: CommandIDs.open, selector, rank: 1 });
    app.contextMenu.addItem({ command: CommandIDs.copyName, selector, rank: 2 });
    app.contextMenu.addItem({ command: CommandIDs.remove, selector, rank: 3 });
    if (restorer) {
      tabs.restore(restorer, CommandIDs.open, 'endpoint_name');
    }
    running?.add(
      runningEndpoints({
        model,
        trans,
        open: name => void tabs.open(name),
        openPanel: () => panel?.reveal(SECTION)
      })
    );
    model.settled.connect((_, endpoint) => {
      const { endpoint_name: name, endpoint_status: status } = endpoint;
      // Who looks at the endpoint sees it there.
      if (tabs.shown === name) {
        return;
      }
      tellSettled({
        message: trans.__('Endpoint %1: %2', name, endpointStatus(status, trans).word),
        failed: status !== 'InService',
        // Whoever deploys has the tab of the endpoint open.
        ofOthers: !tabs.model(name),
        onOpen: () => void tabs.open(name),
        trans
      });
    });
  }
};
