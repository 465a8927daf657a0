import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import type { Widget } from '@lumino/widgets';
import type { ISmext, ITasks } from '../tokens';
import type { S3Actions } from './actions';
import { type S3Browser, tabCaption, tabTitle } from './browser';
import type { S3Browsers } from './browsers';
import type { S3Changes } from './changes';
import type { IconOf } from './columns';
import { CommandIDs } from './commandIds';
import { bucketIcon } from './icons';
import { type ILocation, parseLocation, uriOf } from './location';
import type { ObjectTab } from './object/objectTab';
import type { ObjectService } from './object/service';
import type { OffloadTab } from './offload/offloadTab';
import type { OffloadService } from './offload/service';
import type { SearchTab } from './search/searchTab';
import type { SyncTab } from './sync/syncTab';
import { type ITarget, targetUri } from './target';
import type { UsageTab } from './usage/usageTab';

/** The buttons of an object's tab. */
const OBJECT_TOOLBAR = [
  CommandIDs.download,
  CommandIDs.copyToFiles,
  CommandIDs.editText,
  CommandIDs.copyUri,
  CommandIDs.insertCode,
  CommandIDs.presign
];

export interface IS3TabsOptions {
  app: JupyterFrontEnd;
  smext: ISmext;
  tasks: ITasks;
  actions: S3Actions;
  objects: ObjectService;
  offload: OffloadService;
  changes: S3Changes;
  browsers: S3Browsers;
  newBrowser: (id: string, start: ILocation | null) => S3Browser;
  iconOf: IconOf;
  trans: TranslationBundle;
}

/** The tabs of S3 in the main area: browsers, objects, searches and sums. They are there again after a reload. */
export class S3Tabs {
  constructor(private readonly _options: IS3TabsOptions) {}

  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this._browsers, {
      command: CommandIDs.open,
      args: ({ content }) => ({
        uri: uriOf(content.model.location),
        tab: true,
        browser: content.id
      }),
      name: ({ content }) => content.id
    });
    void restorer.restore(this._objects, {
      command: CommandIDs.openSelected,
      args: tab => ({ uri: tab.uri }),
      name: tab => tab.uri
    });
    void restorer.restore(this._searches, {
      command: CommandIDs.search,
      args: tab => ({ uri: tab.uri }),
      name: tab => tab.uri
    });
    void restorer.restore(this._syncs, {
      command: CommandIDs.sync,
      args: tab => ({ uri: tab.uri }),
      name: tab => tab.uri
    });
    void restorer.restore(this._offloads, {
      command: CommandIDs.offload,
      name: tab => tab.id
    });
    void restorer.restore(this._sums, {
      command: CommandIDs.usage,
      // Counting takes requests that cost something: not at every reload.
      args: tab => ({ uri: tab.uri, wait: true, browser: tab.id }),
      // Its folder changes while it is open, and so does its address.
      name: tab => tab.id
    });
  }

  async openBrowser(uri: string, id = newId()): Promise<void> {
    const { newBrowser, trans } = this._options;
    const browser = newBrowser(id, parseLocation(uri));
    const tab = new MainAreaWidget({ content: browser, toolbar: browser.toolbar });
    tab.id = `${id}-tab`;
    tab.title.icon = bucketIcon;
    tab.title.closable = true;
    const name = (location: ILocation | null): void => {
      tab.title.label = tabTitle(location, trans);
      tab.title.caption = tabCaption(location, trans);
      void this._browsers.save(tab);
    };
    name(browser.model.location);
    browser.model.locationChanged.connect((_, location) => name(location));
    await this._add(tab, this._browsers);
  }

  async openObject(target: ITarget): Promise<void> {
    const { app, actions, objects, smext, tasks, trans } = this._options;
    const { bucket, key } = target;
    const uri = targetUri(target);
    if (this._show(this._objects, uri)) {
      return;
    }
    const [{ ObjectTab }, { ArchiveModel }, { ArchiveService }] = await Promise.all([
      import('./object/objectTab'),
      import('./archive/model'),
      import('./archive/service')
    ]);
    const archives = new ArchiveService(smext.api);
    const tab = new ObjectTab({
      id: newId(),
      object: { bucket, key, version_id: null },
      service: objects,
      commands: app.commands,
      toolbar: OBJECT_TOOLBAR,
      newArchive: object => new ArchiveModel(object, archives, tasks),
      folder: () => actions.folder,
      onDownload: object => actions.download([target], object.version_id),
      onShowFolder: () => void app.commands.execute(CommandIDs.open, { uri }),
      trans
    });
    await this._add(tab, this._objects);
  }

  async openSearch(uri: string): Promise<void> {
    const { app, browsers, iconOf, smext, tasks, trans } = this._options;
    const location = parseLocation(uri);
    if (!location || this._show(this._searches, uri)) {
      return;
    }
    const [{ SearchTab }, { SearchModel }, { SearchService }] = await Promise.all([
      import('./search/searchTab'),
      import('./search/model'),
      import('./search/service')
    ]);
    const tab = new SearchTab(newId(), {
      location,
      model: new SearchModel(new SearchService(smext.api), tasks),
      iconOf,
      onOpen: ({ key }) =>
        void app.commands.execute(CommandIDs.openSelected, {
          uri: `s3://${location.bucket}/${key}`
        }),
      trans
    });
    browsers.addSource(tab);
    await this._add(tab, this._searches);
  }

  /** Open the sums of a place; `wait` shows a button instead of counting at once. */
  async openUsage(uri: string, wait: boolean, id = newId()): Promise<void> {
    const { app, smext, tasks, trans } = this._options;
    const start = parseLocation(uri);
    if (!start || this._show(this._sums, uri)) {
      return;
    }
    const [{ UsageTab }, { UsageService }] = await Promise.all([
      import('./usage/usageTab'),
      import('./usage/service')
    ]);
    const tab: UsageTab = new UsageTab(id, {
      start,
      wait,
      service: new UsageService(smext.api),
      tasks,
      onMoved: () => void this._sums.save(tab),
      onShow: location => void app.commands.execute(CommandIDs.open, { uri: uriOf(location) }),
      trans
    });
    await this._add(tab, this._sums);
  }

  async openSync(uri: string): Promise<void> {
    const { actions, changes, smext, tasks, trans } = this._options;
    const location = parseLocation(uri);
    if (!location || this._show(this._syncs, uri)) {
      return;
    }
    const [{ SyncTab }, { SyncService }] = await Promise.all([
      import('./sync/syncTab'),
      import('./sync/service')
    ]);
    const tab = new SyncTab(newId(), {
      location,
      folder: actions.folder ?? '',
      service: new SyncService(smext.api),
      tasks,
      onChanged: () => {
        changes.tell(location);
        void actions.fileBrowser?.model.refresh();
      },
      trans
    });
    await this._add(tab, this._syncs);
  }

  async openOffload(): Promise<void> {
    const { app, actions, offload, smext, tasks, trans } = this._options;
    const open = this._offloads.currentWidget;
    if (open) {
      return app.shell.activateById(open.id);
    }
    const { OffloadTab } = await import('./offload/offloadTab');
    const bucket = smext.identity?.default_bucket;
    const tab = new OffloadTab({
      target: bucket ? `s3://${bucket}/offload/` : 's3://',
      service: offload,
      tasks,
      onChanged: () => void actions.fileBrowser?.model.refresh(),
      trans
    });
    await this._add(tab, this._offloads);
  }

  private _show(tracker: WidgetTracker<Widget & { uri: string }>, uri: string): boolean {
    const open = tracker.find(each => each.uri === uri);
    if (open) {
      this._options.app.shell.activateById(open.id);
    }
    return open !== undefined;
  }

  private async _add<T extends Widget>(tab: T, tracker: WidgetTracker<T>): Promise<void> {
    const { shell } = this._options.app;
    shell.add(tab, 'main');
    await tracker.add(tab);
    shell.activateById(tab.id);
  }

  private readonly _browsers = new WidgetTracker<MainAreaWidget<S3Browser>>({
    namespace: 'smext-s3'
  });
  private readonly _objects = new WidgetTracker<ObjectTab>({ namespace: 'smext-s3-object' });
  private readonly _searches = new WidgetTracker<SearchTab>({ namespace: 'smext-s3-search' });
  private readonly _syncs = new WidgetTracker<SyncTab>({ namespace: 'smext-s3-sync' });
  private readonly _offloads = new WidgetTracker<OffloadTab>({ namespace: 'smext-s3-offload' });
  private readonly _sums = new WidgetTracker<UsageTab>({ namespace: 'smext-s3-usage' });
}

function newId(): string {
  return `jp-smext-s3-${UUID.uuid4()}`;
}
