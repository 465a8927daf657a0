import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import {
  Dialog,
  ICommandPalette,
  MainAreaWidget,
  Notification,
  showDialog,
  showErrorMessage,
  WidgetTracker
} from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import {
  addIcon,
  closeIcon,
  editIcon,
  type LabIcon,
  launchIcon,
  ReactWidget,
  refreshIcon,
  runIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import { SmextError } from '../api/client';
import { formatDuration } from '../common/format';
import { ModelTab, ModelTabs } from '../common/modelTabs';
import { noArguments } from '../common/noArguments';
import { RunningCount } from '../common/running';
import { tellSettled } from '../common/tellSettled';
import { ISmext, ISmextPanel, ITasks } from '../tokens';
import { CommandIDs } from './commands';
import { askProfile } from './createProfile';
import { confirmDelete } from './deleteSpace';
import { DomainModel } from './domainModel';
import { DomainView } from './domainView';
import { studioIcon } from './icon';
import { DomainsModel, WhereModel } from './model';
import { hourly } from './money';
import { RolloutService } from './rollout/service';
import { RunningAppsModel } from './runningApps';
import { StudioSection } from './section';
import { type ISpaceName, StudioService } from './service';
import { SetupView } from './setupView';
import { appStatus } from './status';

/** The section of the panel. */
const SECTION = 'studio';

export const studioPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-smext:studio',
  description:
    'Shows and sets up Studio: domains, user profiles, spaces, storage, and the roll-out.',
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
    const service = new StudioService(smext.api);
    const rollout = new RolloutService(smext.api);
    const where = new WhereModel(service, smext);
    const admin = smext.adminPolicy;
    const isOff = () => admin.value?.policy?.sections_off?.includes('studio') ?? false;
    const domains = new DomainsModel(service, {
      smext,
      isWatched: () => section.isVisible && !isOff()
    });
    const running = new RunningAppsModel(service, {
      smext,
      // The header of the panel counts spaces also while their section is folded.
      isWatched: () => section.parent?.isVisible === true && !isOff()
    });
    const section: StudioSection = new StudioSection({ where, admin, domains, commands, trans });
    panel?.addSection({ id: SECTION, rank: 50, widget: section });
    panel?.addRunning(
      new RunningCount({
        list: running,
        section: SECTION,
        rank: 50,
        countOf: apps => running.countOf(apps),
        label: count => trans._n('%1 space runs', '%1 spaces run', count)
      })
    );

    const tabs = new ModelTabs<DomainModel>({
      namespace: 'smext-domain',
      shell,
      make: name => {
        const model = new DomainModel(service, smext, name);
        [where, admin].forEach(each => each.wake());
        const props = { model, where, admin, service, rollout, tasks, commands, trans };
        const tab = new ModelTab({
          model,
          id: `jp-smext-domain-${name}`,
          label: trans.__('Studio'),
          caption: trans.__('Studio domain %1', name),
          icon: studioIcon,
          className: 'jp-smext-Domain',
          view: React.createElement(DomainView, props)
        });
        model.changed.connect(() => {
          tab.title.label = model.domain?.domain_name ?? name;
        });
        return tab;
      }
    });

    /** The domain that a command is about: named, in front, the one we are in, or the only one. */
    const domainOf = (args: Record<string, unknown>): string | null => {
      if (typeof args.domain_id === 'string') {
        return args.domain_id;
      }
      const here = domains.rows.find(domain => domain.here);
      const only = domains.rows.length === 1 ? domains.rows[0] : null;
      return tabs.shown ?? where.value?.domain_id ?? (here ?? only)?.domain_id ?? null;
    };
    /** The space that a command is about: named, or selected in the domain in front. */
    const spaceOf = (args: Record<string, unknown>): ISpaceName | null => {
      const domain_id = domainOf(args);
      const space_name =
        typeof args.space_name === 'string'
          ? args.space_name
          : domain_id
            ? (tabs.model(domain_id)?.selected ?? null)
            : null;
      return domain_id && space_name ? { domain_id, space_name } : null;
    };
    const showFailure = (title: string, reason: unknown) => {
      const { message, hint } = SmextError.from(reason).envelope;
      return showErrorMessage(title, [message, hint].filter(Boolean).join('\n\n'));
    };
    const lookAgain = (domainId: string) => {
      void tabs.model(domainId)?.refresh();
      void running.refresh();
    };

    const start = async (place: ISpaceName) => {
      const space = await service.describeSpace(place);
      const minutes = space.idle_settings.idle_timeout_in_minutes;
      const idle =
        minutes && space.idle_settings.lifecycle_management !== 'DISABLED'
          ? trans.__('It stops by itself after %1 without use.', formatDuration(minutes * 60))
          : trans.__('It runs, and costs, until somebody stops it.');
      const { button } = await showDialog({
        title: trans.__('Start the space %1?', place.space_name),
        body: trans.__(
          '%1: %2 from now on. %3',
          space.effective_resource_spec.instance_type ?? trans.__('Default instance'),
          hourly(space.price, trans),
          idle
        ),
        buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Start') })],
        // The paid button is never the one that Enter presses by accident.
        defaultButton: 0
      });
      if (button.accept) {
        await service.startSpace(place);
      }
    };
    const stop = async (place: ISpaceName) => {
      const { button } = await showDialog({
        title: trans.__('Stop the space %1?', place.space_name),
        body: trans.__(
          'Running kernels and terminals end, and what is only in memory is lost. Files of the home folder stay on its volume, which goes on costing.'
        ),
        buttons: [
          Dialog.cancelButton({ label: trans.__('Keep running') }),
          Dialog.warnButton({ label: trans.__('Stop') })
        ],
        defaultButton: 0
      });
      if (button.accept) {
        await service.stopSpace(place);
      }
    };
    const open = async (place: ISpaceName) => {
      // Opened at once, because browsers let a page open another only in answer to a click.
      const page = window.open('', '_blank');
      if (!page) {
        await showErrorMessage(
          trans.__('The space was not opened'),
          trans.__('The browser keeps this page from opening another one.')
        );
        return;
      }
      try {
        const { authorized_url } = await service.openSpace(place);
        page.opener = null;
        page.location.replace(authorized_url);
      } catch (reason) {
        page.close();
        throw reason;
      }
    };
    const remove = async (place: ISpaceName) => {
      const typed = await confirmDelete(await service.planDelete(place), trans);
      if (typed === null) {
        return;
      }
      const task = await service.deleteSpace(place, typed);
      lookAgain(place.domain_id);
      const ended = tasks ? await tasks.follow(task.id) : task;
      if (ended.error) {
        throw new SmextError(ended.error, 0);
      }
      if (ended.state === 'succeeded') {
        Notification.success(trans.__('The space %1 is deleted.', place.space_name), {
          autoClose: 5_000
        });
      }
    };

    const domainArgs = {
      args: {
        type: 'object',
        properties: { domain_id: { type: 'string', description: trans.__('Id of the domain') } }
      }
    } as const;
    const spaceArgs = {
      args: {
        type: 'object',
        properties: {
          domain_id: { type: 'string', description: trans.__('Id of the domain') },
          space_name: { type: 'string', description: trans.__('Name of the space') }
        }
      }
    } as const;

    /** A command about one domain. */
    const addDomainCommand = (
      id: string,
      options: {
        label: string;
        caption: string;
        icon: LabIcon;
        execute: (domainId: string) => unknown;
      }
    ) =>
      commands.addCommand(id, {
        ...options,
        describedBy: domainArgs,
        isEnabled: args => domainOf(args) !== null,
        execute: args => {
          const domainId = domainOf(args);
          return domainId ? options.execute(domainId) : undefined;
        }
      });
    /** A command about one space; `failure` is the title of the message where it fails. */
    const addSpaceCommand = (
      id: string,
      options: {
        label: string;
        caption: string;
        icon: LabIcon;
        failure: string;
        execute: (place: ISpaceName) => Promise<void>;
      }
    ) =>
      commands.addCommand(id, {
        label: options.label,
        caption: options.caption,
        icon: options.icon,
        describedBy: spaceArgs,
        isEnabled: args => spaceOf(args) !== null,
        execute: async args => {
          const place = spaceOf(args);
          if (!place) {
            return;
          }
          try {
            await options.execute(place);
          } catch (reason) {
            await showFailure(options.failure, reason);
          }
          lookAgain(place.domain_id);
        }
      });

    addDomainCommand(CommandIDs.openDomain, {
      label: trans.__('Open Studio Domain'),
      caption: trans.__('Show spaces, people, apps, storage and settings of a domain'),
      icon: studioIcon,
      execute: domainId => tabs.open(domainId)
    });
    addDomainCommand(CommandIDs.createSpace, {
      label: trans.__('New Studio Space…'),
      caption: trans.__('Make a space, with its price in view'),
      icon: addIcon,
      execute: domainId => {
        const { model } = tabs.open(domainId);
        model.form = { kind: 'create' };
      }
    });
    addDomainCommand(CommandIDs.createProfile, {
      label: trans.__('New Studio User Profile…'),
      caption: trans.__('Make a user profile in a domain'),
      icon: addIcon,
      execute: async domainId => {
        try {
          const { default_user_settings } = await service.describeDomain(domainId);
          const role = default_user_settings.execution_role ?? null;
          const request = await askProfile(domainId, role, trans);
          if (request) {
            await service.createProfile(request);
          }
        } catch (reason) {
          await showFailure(trans.__('The user profile was not made'), reason);
        }
        lookAgain(domainId);
      }
    });
    addDomainCommand(CommandIDs.rollOut, {
      label: trans.__('Roll Out to Studio Spaces…'),
      caption: trans.__('See which spaces run this extension, and bring it to them'),
      icon: studioIcon,
      execute: domainId => {
        const { model } = tabs.open(domainId);
        model.part = 'rollout';
      }
    });
    addSpaceCommand(CommandIDs.startSpace, {
      label: trans.__('Start Studio Space…'),
      caption: trans.__('Start the app of a space, with its price in view'),
      icon: runIcon,
      failure: trans.__('The space was not started'),
      execute: start
    });
    addSpaceCommand(CommandIDs.stopSpace, {
      label: trans.__('Stop Studio Space…'),
      caption: trans.__('Stop the app of a space; its volume stays'),
      icon: stopIcon,
      failure: trans.__('The space was not stopped'),
      execute: stop
    });
    addSpaceCommand(CommandIDs.openSpace, {
      label: trans.__('Open Studio Space'),
      caption: trans.__('Open a running space in the browser'),
      icon: launchIcon,
      failure: trans.__('The space was not opened'),
      execute: open
    });
    addSpaceCommand(CommandIDs.changeSpace, {
      label: trans.__('Change Studio Space…'),
      caption: trans.__('Change what a space runs on, or let its volume grow'),
      icon: editIcon,
      failure: trans.__('The space was not changed'),
      execute: async place => {
        const { model } = tabs.open(place.domain_id);
        model.form = { kind: 'change', space_name: place.space_name };
      }
    });
    addSpaceCommand(CommandIDs.deleteSpace, {
      label: trans.__('Delete Studio Space…'),
      caption: trans.__('Delete a space with its volume, after showing what is lost'),
      icon: closeIcon,
      failure: trans.__('The space was not deleted'),
      execute: remove
    });
    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh Studio'),
      caption: trans.__('Ask AWS again where we are and which domains there are'),
      icon: refreshIcon,
      describedBy: noArguments,
      execute: () => Promise.all([where, admin, domains].map(model => model.refresh()))
    });
    if (tasks) {
      const setups = new WidgetTracker<MainAreaWidget>({ namespace: 'smext-studio-set-up' });
      commands.addCommand(CommandIDs.setUp, {
        label: trans.__('Set Studio Up…'),
        caption: trans.__('Make a domain and a user profile, after showing the plan'),
        icon: studioIcon,
        describedBy: noArguments,
        execute: () => {
          let tab = setups.currentWidget;
          if (!tab) {
            const view = React.createElement(SetupView, {
              service,
              tasks,
              openDomain: domain_id => void commands.execute(CommandIDs.openDomain, { domain_id }),
              onDone: () => void domains.refresh(),
              trans
            });
            tab = new MainAreaWidget({ content: ReactWidget.create(view) });
            tab.content.addClass('jp-smext-Domain');
            tab.id = 'jp-smext-studio-set-up';
            tab.title.label = trans.__('Set Studio Up');
            tab.title.icon = studioIcon;
            tab.title.closable = true;
            tab.toolbar.hide();
            void setups.add(tab);
            shell.add(tab, 'main');
          }
          shell.activateById(tab.id);
          return tab;
        }
      });
      void restorer?.restore(setups, { command: CommandIDs.setUp, name: tab => tab.id });
    }
    for (const command of Object.values(CommandIDs)) {
      if (commands.hasCommand(command)) {
        palette?.addItem({ command, category: trans.__('SageMaker') });
      }
    }
    const selector = '.jp-smext-Domain .jp-smext-Listing-row[data-space]';
    [
      CommandIDs.openSpace,
      CommandIDs.startSpace,
      CommandIDs.stopSpace,
      CommandIDs.changeSpace,
      CommandIDs.deleteSpace
    ].forEach((command, rank) => app.contextMenu.addItem({ command, selector, rank }));
    if (restorer) {
      tabs.restore(restorer, CommandIDs.openDomain, 'domain_id');
    }
    running.settled.connect((_, { domain_id, space_name, status }) => {
      // Who looks at the domain sees it there.
      if (!space_name || tabs.shown === domain_id) {
        return;
      }
      tellSettled({
        message: trans.__('Studio space %1: %2', space_name, appStatus(status, trans).word),
        failed: status === 'Failed',
        onOpen: () => {
          const { model } = tabs.open(domain_id);
          model.part = 'spaces';
          model.selected = space_name;
        },
        trans
      });
    });
  }
};
