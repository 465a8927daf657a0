import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { CommandToolbarButton, ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { ILauncher } from '@jupyterlab/launcher';
import { IMainMenu } from '@jupyterlab/mainmenu';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { editIcon } from '@jupyterlab/ui-components';
import { ISmext, ITasks } from '../tokens';
import {
  type EstimatorDocument,
  EstimatorFactory,
  EXTENSION,
  FACTORY,
  FILE_TYPE
} from './document';
import { estimatorIcon } from './icon';
import { EstimatorsService } from './service';
import { newSpec } from './template';

/** Commands of the estimators room. */
export namespace CommandIDs {
  export const create = 'smext:estimator-new';
  export const text = 'smext:estimator-text';
  export const launch = 'smext:estimator-launch';
  export const again = 'smext:estimator-launch-again';
  export const request = 'smext:estimator-request';
}

const PLUGIN_ID = 'jupyter-smext:estimators';

export const estimatorsPlugin: JupyterFrontEndPlugin<void> = {
  id: PLUGIN_ID,
  description: 'Opens `*.sagemaker.yaml` documents as the Estimator form, and launches them.',
  autoStart: true,
  requires: [ISmext, ITasks],
  optional: [
    ITranslator,
    ILayoutRestorer,
    ICommandPalette,
    ILauncher,
    IMainMenu,
    IFileBrowserFactory,
    ISettingRegistry
  ],
  activate: (
    app: JupyterFrontEnd,
    smext: ISmext,
    tasks: ITasks,
    translator: ITranslator | null,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    menu: IMainMenu | null,
    browsers: IFileBrowserFactory | null,
    settings: ISettingRegistry | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    const { commands, docRegistry, serviceManager } = app;
    const service = new EstimatorsService(smext.api);
    const tracker = new WidgetTracker<EstimatorDocument>({ namespace: 'smext-estimator' });
    const current = () => tracker.currentWidget?.editor ?? null;

    const openText = async (
      widget: EstimatorDocument,
      options: { activate: boolean; line?: number; column?: number }
    ) => {
      await commands.execute('docmanager:open', {
        path: widget.context.path,
        factory: 'Editor',
        options: { mode: 'split-right', ref: widget.id, activate: options.activate }
      });
      if (options.line !== undefined) {
        await commands.execute('fileeditor:go-to-line', {
          line: options.line,
          column: options.column ?? 1
        });
      }
    };

    docRegistry.addFileType({
      name: FILE_TYPE,
      displayName: trans.__('SageMaker Estimator'),
      extensions: [EXTENSION],
      mimeTypes: ['text/yaml'],
      contentType: 'file',
      fileFormat: 'text',
      icon: estimatorIcon
    });
    const factory = new EstimatorFactory(
      {
        name: FACTORY,
        label: trans.__('Estimator Form'),
        modelName: 'text',
        fileTypes: [FILE_TYPE],
        defaultFor: [FILE_TYPE],
        translator: translator ?? undefined,
        toolbarFactory: () => [
          {
            name: 'text',
            widget: new CommandToolbarButton({
              commands,
              id: CommandIDs.text,
              label: trans.__('Text')
            })
          }
        ]
      },
      (context, widget) => ({
        context,
        service,
        smext,
        tasks,
        trans,
        openJob: name => void commands.execute('smext:job-open', { training_job_name: name }),
        openS3: commands.hasCommand('smext:s3-open')
          ? uri => void commands.execute('smext:s3-open', { uri })
          : null,
        openText: (line, column) => void openText(widget, { activate: true, line, column })
      })
    );
    docRegistry.addWidgetFactory(factory);

    let textBeside = false;
    factory.widgetCreated.connect((_, widget) => {
      widget.title.icon = estimatorIcon;
      widget.context.pathChanged.connect(() => void tracker.save(widget));
      void tracker.add(widget);
      if (textBeside) {
        void widget.context.ready.then(() => openText(widget, { activate: false }));
      }
    });
    // What was open before a reload comes back as it was left; only what a person opens gets its text beside it.
    void app.restored.then(async () => {
      textBeside = true;
      const loaded = await settings?.load(PLUGIN_ID);
      const read = () => (textBeside = loaded?.composite.textBeside !== false);
      loaded?.changed.connect(read);
      read();
    });
    if (restorer) {
      void restorer.restore(tracker, {
        command: 'docmanager:open',
        args: widget => ({ path: widget.context.path, factory: FACTORY }),
        name: widget => widget.context.path
      });
    }

    commands.addCommand(CommandIDs.create, {
      label: args => (args.isLauncher ? trans.__('Estimator') : trans.__('New Estimator')),
      caption: trans.__('Create a SageMaker training job as a document'),
      icon: estimatorIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            cwd: { type: 'string', description: trans.__('The folder of the new document') },
            entry_script: { type: 'string', description: trans.__('The script to train with') },
            isLauncher: { type: 'boolean', description: trans.__('Called from the launcher') }
          }
        }
      },
      execute: async args => {
        const folder =
          (args.cwd as string | undefined) ?? browsers?.tracker.currentWidget?.model.path ?? '';
        const script = (args.entry_script as string | undefined) ?? 'train.py';
        const { contents } = serviceManager;
        const { path } = await contents.newUntitled({ path: folder, type: 'file', ext: EXTENSION });
        const content = newSpec(jobName(folder), script);
        await contents.save(path, { type: 'file', format: 'text', content });
        return commands.execute('docmanager:open', { path, factory: FACTORY });
      }
    });
    commands.addCommand(CommandIDs.text, {
      label: trans.__('Show Text Beside the Estimator Form'),
      caption: trans.__('Show the text of this Estimator beside the form'),
      icon: editIcon,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => tracker.currentWidget !== null,
      execute: async () => {
        if (tracker.currentWidget) {
          await openText(tracker.currentWidget, { activate: true });
        }
      }
    });
    commands.addCommand(CommandIDs.launch, {
      label: trans.__('Launch Estimator'),
      caption: trans.__('Start the training job of this Estimator'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => (current()?.canLaunch && !current()?.wasLaunched) ?? false,
      execute: () => current()?.launch()
    });
    commands.addCommand(CommandIDs.again, {
      label: trans.__('Launch Estimator Again'),
      caption: trans.__('Start another training job of an Estimator that was launched before'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => (current()?.canLaunch && current()?.wasLaunched) ?? false,
      execute: () => current()?.launchAgain()
    });
    commands.addCommand(CommandIDs.request, {
      label: trans.__('Show CreateTrainingJob Request'),
      caption: trans.__('Show or hide the request that a launch would send'),
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => current() !== null,
      execute: () => current()?.toggleRequest()
    });

    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('SageMaker') });
    }
    launcher?.add({
      command: CommandIDs.create,
      args: { isLauncher: true },
      category: trans.__('SageMaker'),
      rank: 1
    });
    menu?.fileMenu.newMenu.addGroup([{ command: CommandIDs.create }], 40);
  }
};

/** A job's base name from the folder's: letters, digits and hyphens. */
function jobName(folder: string): string {
  const name = PathExt.basename(folder)
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  return name || 'estimator';
}
