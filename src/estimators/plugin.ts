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
import { INotebookTracker } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import { ISmext, ITasks } from '../tokens';
import { addCommands, CommandIDs, newFile, newNotebook } from './commands';
import {
  type EstimatorDocument,
  EstimatorFactory,
  EXTENSION,
  FACTORY,
  FILE_TYPE
} from './document';
import { estimatorIcon } from './icon';
import { notebookTarget } from './notebookTarget';
import { EstimatorsService } from './service';

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
    ISettingRegistry,
    INotebookTracker
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
    settings: ISettingRegistry | null,
    notebooks: INotebookTracker | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    const { commands, docRegistry, serviceManager } = app;
    const service = new EstimatorsService(smext.api);
    const tracker = new WidgetTracker<EstimatorDocument>({ namespace: 'smext-estimator' });

    const notebook = notebooks && notebookTarget(notebooks, id => app.shell.activateById(id));

    const defaultKernel = () => {
      const { specs } = serviceManager.kernelspecs;
      return specs?.kernelspecs[specs.default];
    };

    // Texts share one place beside the forms, instead of taking room from them one after the other.
    let beside: Widget | null = null;
    const openText = async (
      widget: EstimatorDocument,
      options: { activate: boolean; line?: number; column?: number }
    ) => {
      const place =
        beside?.isAttached && beside !== widget
          ? { mode: 'tab-after', ref: beside.id }
          : { mode: 'split-right', ref: widget.id };
      beside = await commands.execute('docmanager:open', {
        path: widget.context.path,
        factory: 'Editor',
        options: place
      });
      if (!options.activate) {
        app.shell.activateById(widget.id);
      }
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
        openJob: (name, kind) =>
          void (kind === 'TrainingJob'
            ? commands.execute('smext:job-open', { training_job_name: name })
            : commands.execute('smext:open-tuning-job', {
                hyper_parameter_tuning_job_name: name
              })),
        openS3: commands.hasCommand('smext:s3-open')
          ? uri => void commands.execute('smext:s3-open', { uri })
          : null,
        pickS3: commands.hasCommand('smext:s3-pick')
          ? start => commands.execute('smext:s3-pick', { uri: start })
          : null,
        openText: (line, column) => void openText(widget, { activate: true, line, column }),
        newFile: code =>
          void newFile(commands, serviceManager.contents, PathExt.dirname(context.path), code),
        newNotebook: code =>
          void newNotebook(
            commands,
            serviceManager.contents,
            PathExt.dirname(context.path),
            code,
            defaultKernel()
          ),
        notebook
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

    addCommands({
      commands,
      contents: serviceManager.contents,
      service,
      trans,
      folder: () => browsers?.tracker.currentWidget?.model.path ?? '',
      current: () => tracker.currentWidget,
      show: document => app.shell.activateById(document.id),
      selectedFile: () => {
        const selected = [...(browsers?.tracker.currentWidget?.selectedItems() ?? [])];
        return selected.length === 1 ? selected[0].path : null;
      },
      showText: document => openText(document, { activate: true })
    });

    for (const command of Object.values(CommandIDs)) {
      // Which job or file is meant cannot be said in the palette.
      if (command !== CommandIDs.fromJob && command !== CommandIDs.train) {
        palette?.addItem({ command, category: trans.__('SageMaker') });
      }
    }
    launcher?.add({
      command: CommandIDs.create,
      args: { isLauncher: true },
      category: trans.__('SageMaker'),
      rank: 1
    });
    launcher?.add({
      command: CommandIDs.fromTemplate,
      args: { isLauncher: true },
      category: trans.__('SageMaker'),
      rank: 2
    });
    menu?.fileMenu.newMenu.addGroup(
      [{ command: CommandIDs.create }, { command: CommandIDs.fromTemplate }],
      40
    );
  }
};
