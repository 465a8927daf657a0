import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { type FileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { IStateDB } from '@jupyterlab/statedb';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { CommandToolbarButton, fileIcon } from '@jupyterlab/ui-components';
import { ISmext, ISmextPanel, ITasks } from '../tokens';
import { S3Actions } from './actions';
import { S3Browser } from './browser';
import { S3Browsers } from './browsers';
import { S3Changes } from './changes';
import type { IconOf } from './columns';
import { CommandIDs } from './commandIds';
import { addCommands } from './commands';
import { takeRows } from './dragOut';
import { droppedFiles } from './dropped';
import { S3Drive } from './edit/drive';
import { type ILocation, parseLocation, uriOf } from './location';
import { S3BrowserModel } from './model';
import { ObjectService } from './object/service';
import { PointerFactory, pointerType } from './offload/pointerFactory';
import { OffloadService } from './offload/service';
import { PlacesModel } from './places/model';
import { PlacesService } from './places/service';
import { S3Service } from './service';
import { S3Tabs } from './tabs';
import { Uploads } from './uploads';

const ID = 'jupyter-smext:s3';

/** The buttons of a browser; those that make no sense where it is are hidden. */
const TOOLBAR = [
  CommandIDs.createBucket,
  CommandIDs.createFolder,
  CommandIDs.upload,
  CommandIDs.search,
  CommandIDs.refresh,
  CommandIDs.openTab
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
    const { commands, docRegistry, serviceManager } = app;
    const { contents } = serviceManager;
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    const service = new S3Service(smext.api);
    const objects = new ObjectService(smext.api);
    contents.addDrive(new S3Drive(serviceManager.serverSettings, objects));
    const offload = new OffloadService(smext.api);
    const changes = new S3Changes();
    const uploads = new Uploads(service, tasks, changes);
    const actions = new S3Actions({
      smext,
      service,
      objects,
      offload,
      commands,
      tasks,
      uploads,
      changes,
      contents,
      files,
      trans
    });
    const places = new PlacesModel(new PlacesService(smext.api));
    void smext.ready.then(() => places.load());
    const browsers = new S3Browsers();
    const iconOf: IconOf = name => docRegistry.getFileTypesForPath(name)[0]?.icon ?? fileIcon;

    const suggestions = () => [...places.pinned, ...places.recent].map(each => each.uri);

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
        iconOf,
        suggestions,
        start,
        onOpenObject: () => void commands.execute(CommandIDs.openSelected, { browser: id }),
        onDelete: () => void commands.execute(CommandIDs.remove, { browser: id }),
        onDrop: (each, transfer) =>
          void droppedFiles(transfer).then(dropped => actions.upload(each, dropped)),
        onDropPaths: ({ model: { location } }, paths) =>
          void (location && actions.copyPaths(paths, location)),
        onEmptyAction: () =>
          void commands.execute(model.location ? CommandIDs.upload : CommandIDs.createBucket, {
            browser: id
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

    const sidebar = newBrowser('jp-smext-s3', new S3BrowserModel(service, places), async () => {
      const saved = (await state?.fetch(ID)) as { uri?: string } | undefined;
      return saved?.uri ? parseLocation(saved.uri) : null;
    });
    sidebar.model.locationChanged.connect((_, location) => {
      void state?.save(ID, { uri: location ? uriOf(location) : '' });
    });
    panel?.addSection({ id: 's3', rank: 10, widget: sidebar, part: 's3' });

    const tabs = new S3Tabs({
      app,
      smext,
      tasks,
      actions,
      objects,
      offload,
      changes,
      browsers,
      newBrowser: (id, start) =>
        newBrowser(id, new S3BrowserModel(service, places, start), () => Promise.resolve(start)),
      iconOf,
      trans
    });
    if (restorer) {
      tabs.restore(restorer);
    }
    addCommands({
      commands,
      actions,
      browsers,
      places,
      tabs,
      pick: async (start, title) => {
        const { pick } = await import('./pick');
        await smext.ready;
        const model = new S3BrowserModel(service, places);
        return pick({ model, start, title, iconOf, suggestions, trans });
      },
      reveal: () => {
        panel?.reveal('s3');
        return sidebar;
      },
      trans
    });

    changes.changed.connect((_, place) => {
      browsers.forEach(({ model }) => {
        const shown = model.location;
        // What changed below a shown folder may make or remove a folder there.
        if (
          place && shown
            ? shown.bucket === place.bucket && place.prefix.startsWith(shown.prefix)
            : place === shown
        ) {
          void model.refresh();
        }
      });
    });

    const takeFrom = (browser: FileBrowser): void =>
      takeRows(
        browser,
        (targets, folder) => void actions.copyToFiles(targets, contents.localPath(folder))
      );
    files?.tracker.forEach(takeFrom);
    files?.tracker.widgetAdded.connect((_, browser) => takeFrom(browser));

    docRegistry.addFileType(pointerType(trans));
    docRegistry.addWidgetFactory(
      new PointerFactory(
        {
          restore: path => void commands.execute(CommandIDs.restore, { path }),
          show: uri => void commands.execute(CommandIDs.open, { uri })
        },
        trans
      )
    );

    const category = trans.__('Amazon SageMaker');
    Object.values(CommandIDs)
      .filter(command => !NOT_IN_PALETTE.includes(command))
      .forEach(command => palette?.addItem({ command, category }));
  }
};

/** Commands that need a list in view and have their keys there, and one that answers what was picked. */
const NOT_IN_PALETTE: string[] = [
  CommandIDs.pick,
  CommandIDs.openSelected,
  CommandIDs.up,
  CommandIDs.back,
  CommandIDs.forward,
  CommandIDs.copyFromFiles
];
