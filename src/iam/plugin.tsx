import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { refreshIcon } from '@jupyterlab/ui-components';
import { Debouncer } from '@lumino/polling';
import * as React from 'react';
import type { PolicyUse } from '../api/types';
import { noArguments } from '../common/noArguments';
import { onExplain } from '../common/whyButton';
import { ISmext, ISmextPanel } from '../tokens';
import { CommandIDs } from './commands';
import { DoctorModel } from './doctorModel';
import { DoctorView } from './doctorView';
import { iamIcon } from './icon';
import { PolicyModel } from './policyModel';
import { PolicyView } from './policyView';
import { type ILaunch, PreflightModel } from './preflightModel';
import { PreflightView } from './preflightView';
import { IamSection } from './section';
import { IamService } from './service';
import { IamTab, type IRestorable } from './tab';
import { WhoModel } from './whoModel';

/** The section of the panel. */
const SECTION = 'iam';

/** Milliseconds without a change before the state of a tab is saved. */
const SAVE_DELAY = 500;

const ESTIMATOR = /\.sagemaker\.ya?ml$/;

export const iamPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-smext:iam',
  description:
    'Says who is allowed what, explains refusals, and checks, writes and applies policies.',
  autoStart: true,
  requires: [ISmext, IEditorServices],
  optional: [ISmextPanel, ITranslator, ILayoutRestorer, ICommandPalette],
  activate: (
    app: JupyterFrontEnd,
    smext: ISmext,
    services: IEditorServices,
    panel: ISmextPanel | null,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    const { commands, shell } = app;
    const service = new IamService(smext.api);
    const who = new WhoModel(service, smext);
    const section = new IamSection({ model: who, commands, trans });
    panel?.addSection({ id: SECTION, rank: 40, widget: section, part: 'iam' });

    /** A command that opens one tab, or shows it if it is open; `update` takes the command's arguments. */
    const addTab = <M extends IRestorable>(options: {
      tracker: WidgetTracker<IamTab<M>>;
      command: string;
      label: string;
      caption: string;
      args: Record<string, string>;
      model: (given: Record<string, string>) => M;
      view: (model: M) => React.ReactElement;
      /** Show something else in the tab that is open. */
      update: (model: M, given: Record<string, string>) => void;
    }) => {
      const { tracker, command, label, caption } = options;
      const open = (given: Record<string, string>): IamTab<M> => {
        const model = options.model(given);
        const id = `jp-${command.replace(':', '-')}`;
        const tab = new IamTab({ id, label, caption, model, view: options.view(model) });
        const save = new Debouncer(() => tracker.save(tab), SAVE_DELAY);
        model.changed.connect(() => void save.invoke().catch(() => undefined));
        tab.disposed.connect(() => save.dispose());
        void tracker.add(tab);
        shell.add(tab, 'main');
        return tab;
      };
      commands.addCommand(command, {
        label,
        caption,
        icon: iamIcon,
        describedBy: {
          args: {
            type: 'object',
            properties: Object.fromEntries(
              Object.entries(options.args).map(([name, description]) => [
                name,
                { type: 'string', description }
              ])
            )
          }
        },
        execute: args => {
          const given = textsOf(args);
          const opened = tracker.currentWidget;
          const tab = opened ?? open(given);
          if (opened && Object.keys(given).length > 0) {
            options.update(opened.model, given);
          }
          shell.activateById(tab.id);
          return tab;
        }
      });
      palette?.addItem({ command, category: trans.__('SageMaker') });
      if (restorer) {
        void restorer.restore(tracker, {
          command,
          args: tab => textsOf(tab.model.state),
          name: tab => tab.id
        });
      }
    };

    addTab<DoctorModel>({
      tracker: new WidgetTracker({ namespace: 'smext-iam-doctor' }),
      command: CommandIDs.explain,
      label: trans.__('Explain an Error'),
      caption: trans.__('Who was refused what, by which policy, and who can mend it'),
      args: {
        text: trans.__('The error or traceback'),
        operation: trans.__('The API call, where it is known'),
        action: trans.__('The IAM action that was refused, where it is known'),
        resource: trans.__('The ARN that it was about, where it is known'),
        principal: trans.__('The ARN of who was refused, where it is known')
      },
      model: given => {
        const model = new DoctorModel(service);
        explainGiven(model, given);
        return model;
      },
      view: model => <DoctorView model={model} who={who} trans={trans} />,
      update: explainGiven
    });
    addTab<PolicyModel>({
      tracker: new WidgetTracker({ namespace: 'smext-iam-policy' }),
      command: CommandIDs.policy,
      label: trans.__('Check a Policy'),
      caption: trans.__('Check, repair, write and try out an IAM policy'),
      args: {
        text: trans.__('The policy, as JSON'),
        use: trans.__('What it is for: identity, resource or trust')
      },
      model: given => new PolicyModel(service, { text: given.text, use: useOf(given) }),
      view: model => (
        <PolicyView model={model} who={who} service={service} services={services} trans={trans} />
      ),
      update: (model, given) => {
        model.text = given.text ?? model.text;
        model.use = useOf(given) ?? null;
      }
    });
    addTab<PreflightModel>({
      tracker: new WidgetTracker({ namespace: 'smext-iam-preflight' }),
      command: CommandIDs.preflight,
      label: trans.__('Permissions of a Launch'),
      caption: trans.__('Every permission that a launch needs, and which of them are missing'),
      args: {
        path: trans.__('The Estimator file'),
        operation: trans.__('The API call, for example CreateTrainingJob'),
        request: trans.__('Its request, as JSON'),
        source: trans.__('Which of them to check: file or request'),
        checked: trans.__('Whether to check at once')
      },
      model: given => {
        const model = new PreflightModel(service, readFile, launchOf(given, openFiles()));
        if (given.checked) {
          void model.check();
        }
        return model;
      },
      view: model => <PreflightView model={model} who={who} openFiles={openFiles} trans={trans} />,
      update: (model, given) => {
        model.launch = { ...model.launch, ...launchOf(given, openFiles()) };
      }
    });
    commands.addCommand(CommandIDs.refresh, {
      label: trans.__('Refresh IAM'),
      caption: trans.__('Ask AWS again who we are and which policies hold'),
      icon: refreshIcon,
      describedBy: noArguments,
      execute: () => who.refresh()
    });
    palette?.addItem({ command: CommandIDs.refresh, category: trans.__('SageMaker') });

    onExplain(refusal => void commands.execute(CommandIDs.explain, { ...refusal }));

    async function readFile(path: string): Promise<string> {
      const { content } = await app.serviceManager.contents.get(path, {
        type: 'file',
        format: 'text',
        content: true
      });
      return String(content);
    }

    /** Paths of the Estimator files that are open, the one last looked at first. */
    function openFiles(): string[] {
      const widgets = [...shell.widgets('main')];
      const current = shell.currentWidget;
      const paths = (current ? [current, ...widgets] : widgets).map(
        widget => (widget as { context?: { path?: unknown } }).context?.path
      );
      return [...new Set(paths)].filter(
        (path): path is string => typeof path === 'string' && ESTIMATOR.test(path)
      );
    }
  }
};

function explainGiven(model: DoctorModel, given: Record<string, string>): void {
  if (given.text?.trim()) {
    void model.explain({ ...given, text: given.text });
  }
}

function useOf(given: Record<string, string>): PolicyUse | undefined {
  return given.use as PolicyUse | undefined;
}

function launchOf(given: Record<string, string>, openFiles: string[]): Partial<ILaunch> {
  const { path = openFiles[0] ?? '', operation, request, source } = given;
  return {
    path,
    ...(operation && { operation }),
    ...(request && { request }),
    source: source === 'request' || (!source && request) ? 'request' : 'file'
  };
}

/** The arguments that are texts; a command may be called with anything. */
function textsOf(args: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(args).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
  );
}
