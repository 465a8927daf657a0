import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandToolbarButton, fileIcon } from '@jupyterlab/ui-components';
import { UUID } from '@lumino/coreutils';
import { ISmext, ISmextPanel, ITasks } from '../tokens';
import { S3Actions } from './actions';
import { S3Browser, tabCaption, tabTitle } from './browser';
import { S3Browsers } from './browsers';
import { addCommands, CommandIDs } from './commands';
import { droppedFiles } from './dropped';
import { bucketIcon } from './icons';
import { type ILocation, parseLocation, uriOf } from './location';
import { S3BrowserModel } from './model';
import type { ObjectTab } from './object/objectTab';
import { ObjectService } from './object/service';
import { S3Service } from './service';
import { type ITarget, targetUri } from './target';
import { Uploads } from './uploads';

const ID = 'jupyter-smext:s3';

/** The buttons of a browser; those that make no sense where it is are hidden. */
const TOOLBAR = [
  CommandIDs.createBucket,
  CommandIDs.createFolder,
  CommandIDs.upload,
  CommandIDs.refresh,
  CommandIDs.openTab
];

const OBJECT_TOOLBAR = [
  CommandIDs.download,
  CommandIDs.copyToFiles,
  CommandIDs.copyUri,
  CommandIDs.insertCode,
  CommandIDs.presign
];

export const s3Plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Adds the S3 browser to the panel and the main area.',
  autoStart: true,
  requires: [ISmext, ITasks],
  optional: [
    ISmextPanel,
    IFileBrowserFactory,
    ILayoutRestorer,
    IStateDB,
    ICommandPalette,
    ITranslator
  ],
  activate: (
    app: JupyterFrontEnd,
    smext: ISmext,
    tasks: ITasks,
    panel: ISmextPanel | null,
    files: IFileBrowserFactory | null,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const { commands, docRegistry, serviceManager, shell } = app;
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    const service = new S3Service(smext.api);
    const uploads = new Uploads(service, tasks);
    const objects = new ObjectService(smext.api);
    const actions = new S3Actions({
      smext,
      service,
      objects,
      commands,
      tasks,
      uploads,
      contents: serviceManager.contents,
      files,
      trans
    });
    const browsers = new S3Browsers();

    const newBrowser = (
      id: string,
      model: S3BrowserModel,
      start: () => Promise<ILocation | null>
    ): S3Browser => {
      const browser = new S3Browser({
        id,
        model,
        smext,
        tasks,
        iconOf: name => docRegistry.getFileTypesForPath(name)[0]?.icon ?? fileIcon,
        start,
        onOpenObject: each => void commands.execute(CommandIDs.openSelected, { browser: each.id }),
        onDelete: each => void commands.execute(CommandIDs.remove, { browser: each.id }),
        onDrop: (each, transfer) =>
          void droppedFiles(transfer).then(dropped => actions.upload(each, dropped)),
        onEmptyAction: each =>
          void commands.execute(each.model.location ? CommandIDs.upload : CommandIDs.createBucket, {
            browser: each.id
          }),
        trans
      });
      browsers.add(browser);
      for (const command of TOOLBAR) {
        browser.toolbar.addItem(
          command,
          new CommandToolbarButton({ commands, id: command, args: { browser: id }, label: '' })
        );
      }
      model.changed.connect(() => TOOLBAR.forEach(each => commands.notifyCommandChanged(each)));
      return browser;
    };

    const sidebar = newBrowser('jp-smext-s3', new S3BrowserModel(service), async () => {
      const saved = (await state?.fetch(ID)) as { uri?: string } | undefined;
      return saved?.uri ? parseLocation(saved.uri) : null;
    });
    sidebar.model.locationChanged.connect((_, location) => {
      void state?.save(ID, { uri: location ? uriOf(location) : '' });
    });
    panel?.addSection({ id: 's3', rank: 10, widget: sidebar });

    const tracker = new WidgetTracker<MainAreaWidget<S3Browser>>({ namespace: 'smext-s3' });
    const openTab = async (uri: string, id: string): Promise<S3Browser> => {
      const start = parseLocation(uri);
      const browser = newBrowser(id, new S3BrowserModel(service, start), () =>
        Promise.resolve(start)
      );
      const widget = new MainAreaWidget({ content: browser, toolbar: browser.toolbar });
      widget.id = `${id}-tab`;
      widget.title.icon = bucketIcon;
      widget.title.closable = true;
      const name = (location: ILocation | null): void => {
        widget.title.label = tabTitle(location, trans);
        widget.title.caption = tabCaption(location, trans);
        void tracker.save(widget);
      };
      name(start);
      browser.model.locationChanged.connect((_, location) => name(location));
      shell.add(widget, 'main');
      await tracker.add(widget);
      shell.activateById(widget.id);
      return browser;
    };
    void restorer?.restore(tracker, {
      command: CommandIDs.open,
      args: ({ content }) => ({
        uri: uriOf(content.model.location),
        tab: true,
        browser: content.id
      }),
      name: ({ content }) => content.id
    });

    const objectTracker = new WidgetTracker<ObjectTab>({ namespace: 'smext-s3-object' });
    const openObject = async (target: ITarget): Promise<void> => {
      const { bucket, key } = target;
      const uri = targetUri(target);
      const open = objectTracker.find(each => each.uri === uri);
      if (open) {
        return shell.activateById(open.id);
      }
      const { ObjectTab } = await import('./object/objectTab');
      const tab = new ObjectTab({
        id: `jp-smext-s3-object-${UUID.uuid4()}`,
        object: { bucket, key, version_id: null },
        service: objects,
        commands,
        toolbar: OBJECT_TOOLBAR,
        onDownload: object => actions.download([target], object.version_id),
        onShowFolder: () => void commands.execute(CommandIDs.open, { uri }),
        trans
      });
      shell.add(tab, 'main');
      await objectTracker.add(tab);
      shell.activateById(tab.id);
    };
    void restorer?.restore(objectTracker, {
      command: CommandIDs.openSelected,
      args: tab => ({ uri: tab.uri }),
      name: tab => tab.uri
    });

    addCommands({
      commands,
      actions,
      browsers,
      reveal: () => {
        panel?.reveal('s3');
        return sidebar;
      },
      openTab,
      openObject,
      trans
    });
    uploads.arrived.connect((_, { bucket, prefix }) => {
      browsers.forEach(({ model }) => {
        // What arrived below a shown folder may make a new folder there.
        if (model.location?.bucket === bucket && prefix.startsWith(model.location.prefix)) {
          void model.refresh();
        }
      });
    });

    const category = trans.__('Amazon SageMaker');
    for (const command of [
      CommandIDs.open,
      CommandIDs.openTab,
      CommandIDs.createBucket,
      CommandIDs.createFolder,
      CommandIDs.upload,
      CommandIDs.uploadFolder,
      CommandIDs.download,
      CommandIDs.copyUri,
      CommandIDs.insertCode,
      CommandIDs.presign,
      CommandIDs.copyToFiles,
      CommandIDs.remove,
      CommandIDs.refresh
    ]) {
      palette?.addItem({ command, category });
    }
  }
};
