import { Clipboard, Dialog, InputDialog, Notification, showDialog } from '@jupyterlab/apputils';
import { PathExt } from '@jupyterlab/coreutils';
import type { FileBrowser, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { SmextError } from '../api/client';
import type { ErrorEnvelope, Task } from '../api/types';
import { dialogBody } from '../common/dialogBody';
import { ErrorView } from '../common/errorView';
import { formatNumber } from '../common/format';
import type { ISmext, ITasks } from '../tokens';
import type { S3Browser } from './browser';
import type { S3Changes } from './changes';
import { askConflict, type IConflict } from './conflict';
import { createBucket } from './createBucket';
import { confirmBucketDeletion } from './deleteBucket';
import { confirmDeletion, type IDeletion, planDeletion } from './deletion';
import { folderOf, type ILocation, parseLocation, uriOf } from './location';
import { chooseCode } from './insertCode';
import type { ObjectService } from './object/service';
import type { OffloadService } from './offload/service';
import { presign } from './presign';
import { type IDeleteSummary, type ITransferResult, resultOf } from './results';
import { saveToDisk } from './saveToDisk';
import type { ConflictChoice, S3Service } from './service';
import { folderOfTarget, isObject, type ITarget, targetUri } from './target';
import type { ILocalFile, IUploadReport, Uploads } from './uploads';

/** Seconds that an upload takes at least before its success is worth a notification. */
const LONG = 15;

/** JupyterLab's own commands that put text at the cursor; the one of the editor in use is enabled. */
const INSERT_COMMANDS = [
  'notebook:replace-selection',
  'console:replace-selection',
  'fileeditor:replace-selection'
];

export interface IS3ActionsOptions {
  smext: ISmext;
  service: S3Service;
  objects: ObjectService;
  offload: OffloadService;
  commands: CommandRegistry;
  tasks: ITasks;
  uploads: Uploads;
  changes: S3Changes;
  contents: Contents.IManager;
  /** Null where the application has no file browser. */
  files: IFileBrowserFactory | null;
  trans: TranslationBundle;
}

/** What a person can do with the rows of a browser. Each method asks what has to be asked, and shows how it ended. */
export class S3Actions {
  constructor(private readonly _options: IS3ActionsOptions) {}

  async createBucket(browser: S3Browser): Promise<void> {
    const { service, smext, trans } = this._options;
    const name = await createBucket(service, smext.identity?.region ?? null, trans);
    if (name !== null) {
      await browser.model.open({ bucket: name, prefix: '' });
      browser.focusList();
    }
  }

  /** S3 has no folders: an empty object whose key ends in a slash makes one visible. */
  async createFolder(browser: S3Browser): Promise<void> {
    const { uploads, trans } = this._options;
    const { location } = browser.model;
    if (!location) {
      return;
    }
    const { button, value } = await InputDialog.getText({
      title: trans.__('New folder in %1', uriOf(location)),
      label: trans.__('Name'),
      okLabel: trans.__('Create'),
      required: true
    });
    const name = value?.replace(/\/+$/, '');
    if (!button.accept || !name) {
      return;
    }
    const file = { path: `${name}/`, file: new Blob() };
    const report = await uploads.upload([file], location, () => Promise.resolve('skip'));
    if (report.failed.length > 0) {
      await this._showError(report.failed[0].error);
    }
    browser.model.select(new Set([`prefix:${location.prefix}${name}/`]));
    browser.focusList();
  }

  /** Upload files of the desktop into the folder that the browser shows. */
  async upload(browser: S3Browser, files: readonly ILocalFile[]): Promise<void> {
    const { location } = browser.model;
    if (location && files.length > 0) {
      await this._upload(files, location);
    }
  }

  /** Have the browser save one object to disk, or several objects and folders as a zip archive for each bucket. */
  download(targets: readonly ITarget[], version: string | null = null): void {
    const { smext } = this._options;
    const onFailed = (error: SmextError): void => void this._showError(error);
    const [first, ...others] = targets;
    if (first && others.length === 0 && isObject(first)) {
      const { bucket, key } = first;
      saveToDisk(smext.api, { bucket, key, version_id: version }, onFailed);
      return;
    }
    for (const bucket of new Set(targets.map(each => each.bucket))) {
      const chosen = targets.filter(each => each.bucket === bucket);
      saveToDisk(
        smext.api,
        {
          bucket,
          base: commonFolder(chosen),
          keys: chosen.filter(isObject).map(each => each.key),
          prefixes: chosen.filter(each => !isObject(each)).map(each => each.key)
        },
        onFailed
      );
    }
  }

  /** Put the s3:// addresses of targets on the clipboard, one a line. */
  copyUri(targets: readonly ITarget[]): void {
    Clipboard.copyToSystem(targets.map(targetUri).join('\n'));
  }

  /** Make an address that works without credentials. */
  async presign(target: ITarget): Promise<void> {
    const { objects, trans } = this._options;
    await presign(target, objects, trans);
  }

  /** Put code that reads a target at the cursor, or on the clipboard. */
  async insertCode(target: ITarget): Promise<void> {
    const { commands, trans } = this._options;
    const editor = INSERT_COMMANDS.find(id => commands.hasCommand(id) && commands.isEnabled(id));
    const chosen = await chooseCode(target, editor !== undefined, trans);
    if (chosen?.insert && editor) {
      await commands.execute(editor, { text: chosen.code });
    } else if (chosen) {
      Clipboard.copyToSystem(chosen.code);
    }
  }

  /** Delete a bucket, after its name was typed. */
  async deleteBucket(name: string): Promise<void> {
    const { service, tasks, changes, trans } = this._options;
    const choice = await confirmBucketDeletion(name, trans);
    if (!choice) {
      return;
    }
    try {
      await resultOf(tasks, service.deleteBucket(name, choice.empty));
      Notification.success(trans.__('The bucket %1 is deleted', name), { autoClose: 3000 });
    } catch (reason) {
      await this._showError(SmextError.from(reason));
    }
    changes.tell(null);
  }

  /** Delete targets of one bucket, after a question that says what goes. */
  async delete(targets: readonly ITarget[]): Promise<void> {
    const { service, changes, trans } = this._options;
    const [{ bucket }] = targets;
    try {
      const plan = await planDeletion(service, bucket, targets);
      if (await confirmDeletion(plan, trans)) {
        await this._delete(plan);
        foldersOf(targets).forEach(each => changes.tell(each));
      }
    } catch (reason) {
      await this._showError(SmextError.from(reason));
    }
  }

  /** Remember targets for `paste`, and put their addresses on the clipboard. */
  keep(targets: readonly ITarget[], move: boolean): void {
    this._kept = { targets, move };
    this.copyUri(targets);
  }

  get canPaste(): boolean {
    return this._kept !== null;
  }

  /** Copy or move what was kept to a place. */
  async paste(place: ILocation): Promise<void> {
    if (!this._kept) {
      return;
    }
    const { targets, move } = this._kept;
    if (move) {
      this._kept = null;
    }
    for (const bucket of new Set(targets.map(each => each.bucket))) {
      const items = targets
        .filter(each => each.bucket === bucket)
        .map(({ key, name }) => ({
          source: key,
          target: place.prefix + name + (key.endsWith('/') ? '/' : '')
        }));
      await this._copy(bucket, place, items, move);
    }
  }

  /** Give an object or folder another name in its folder. */
  async rename(target: ITarget): Promise<void> {
    const { trans } = this._options;
    const { bucket, key, name } = target;
    const { button, value } = await InputDialog.getText({
      title: trans.__('Rename “%1”', name),
      label: trans.__('New name'),
      text: name,
      okLabel: trans.__('Rename'),
      required: true,
      selectionRange: name.includes('.') ? name.lastIndexOf('.') : name.length
    });
    if (button.accept && value && value !== name) {
      const place = folderOfTarget(target);
      const slash = isObject(target) ? '' : '/';
      const item = { source: key, target: place.prefix + value.replace(/\/+$/, '') + slash };
      await this._copy(bucket, place, [item], true);
    }
  }

  /** Copy objects and folders into a folder of the server's files, by default the one that the file browser shows. */
  async copyToFiles(targets: readonly ITarget[], folder = this.folder): Promise<void> {
    const { service, trans } = this._options;
    const { fileBrowser } = this;
    if (fileBrowser === null || folder === null) {
      return;
    }
    for (const { bucket, key, name } of targets) {
      const path = PathExt.join(folder, name);
      await this._transfer(
        name,
        choice => service.toFiles({ bucket, key }, path, choice),
        trans.__('Copied to %1', path)
      );
    }
    await fileBrowser.model.refresh();
  }

  /** Copy what is selected in the file browser to S3; asks where to. */
  async copyFromFiles(proposal: ILocation | null): Promise<void> {
    const { trans } = this._options;
    const items = Array.from(this.fileBrowser?.selectedItems() ?? []);
    if (items.length === 0) {
      return;
    }
    const { button, value } = await InputDialog.getText({
      title: trans._n('Copy %1 item to S3', 'Copy %1 items to S3', items.length),
      label: trans.__('Folder in S3'),
      text: uriOf(proposal),
      okLabel: trans.__('Copy'),
      required: true
    });
    const target = button.accept && value ? parseLocation(value) : null;
    if (!target) {
      return;
    }
    await this.copyPaths(
      items.map(each => each.path),
      { bucket: target.bucket, prefix: target.prefix.replace(/([^/])$/, '$1/') }
    );
  }

  /** Copy files and folders of the server to a place in S3. */
  async copyPaths(paths: readonly string[], place: ILocation): Promise<void> {
    const { service, contents, changes, trans } = this._options;
    for (const each of paths) {
      const { name, type, path } = await contents.get(each, { content: false });
      const key = `${place.prefix}${name}${type === 'directory' ? '/' : ''}`;
      await this._transfer(
        name,
        choice =>
          service.fromFiles(contents.localPath(path), { bucket: place.bucket, key }, choice),
        trans.__('Copied to s3://%1/%2', place.bucket, key)
      );
    }
    changes.tell(place);
  }

  /** Bring offloaded files back, given their pointers or folders of pointers. Answers whether all are back. */
  async restore(paths: readonly string[]): Promise<boolean> {
    const { offload, tasks, trans } = this._options;
    try {
      const { files, failed, failures } = await resultOf<ITransferResult>(
        tasks,
        offload.restore(paths, false)
      );
      await this.fileBrowser?.model.refresh();
      if (failed > 0) {
        Notification.error(
          trans._n(
            '%2 file could not be brought back: %3',
            '%2 files could not be brought back: %3',
            failed,
            formatNumber(failed),
            failures[0]?.message ?? ''
          ),
          { autoClose: false }
        );
      } else {
        Notification.success(
          trans._n(
            '%2 file is back from S3',
            '%2 files are back from S3',
            files,
            formatNumber(files)
          ),
          { autoClose: 3000 }
        );
      }
      return failed === 0;
    } catch (reason) {
      await this._showError(SmextError.from(reason));
      return false;
    }
  }

  /** The selection of the file browser, relative to the server's root. */
  get selectedPaths(): string[] {
    return Array.from(this.fileBrowser?.selectedItems() ?? [], each =>
      this._options.contents.localPath(each.path)
    );
  }

  /** The file browser that was used last. */
  get fileBrowser(): FileBrowser | null {
    return this._options.files?.tracker.currentWidget ?? null;
  }

  private async _upload(files: readonly ILocalFile[], location: ILocation): Promise<void> {
    const { uploads, trans } = this._options;
    const begun = Date.now();
    const report = await uploads.upload(files, location, names =>
      askConflict({ count: names.length, names, canKeepBoth: true }, trans)
    );
    if (report.failed.length > 0) {
      this._tellFailures(report, location);
    } else if (report.uploaded > 0 && Date.now() - begun > LONG * 1000) {
      Notification.success(
        trans._n(
          '%2 file uploaded to %3',
          '%2 files uploaded to %3',
          report.uploaded,
          formatNumber(report.uploaded),
          uriOf(location)
        ),
        { autoClose: 5000 }
      );
    }
  }

  private async _copy(
    bucket: string,
    place: ILocation,
    items: readonly { source: string; target: string }[],
    move: boolean
  ): Promise<void> {
    const { service, changes, trans } = this._options;
    // Pasting a copy where its source is can only mean a second one.
    const isBeside =
      bucket === place.bucket && !move && items.every(each => each.source === each.target);
    await this._transfer(
      items[0].source,
      choice => service.copy(bucket, place.bucket, items, move, isBeside ? 'keep-both' : choice),
      move ? trans.__('Moved to %1', uriOf(place)) : trans.__('Copied to %1', uriOf(place))
    );
    changes.tell(place);
    if (move) {
      items.forEach(({ source }) => changes.tell({ bucket, prefix: folderOf(source) }));
    }
  }

  private async _delete({ bucket, keys, prefixes }: IDeletion): Promise<void> {
    const { service, tasks } = this._options;
    const ends = prefixes.map(async prefix =>
      tasks.follow((await service.deletePrefix(bucket, prefix)).id)
    );
    const { failed } = await service.delete(bucket, keys);
    let count = failed.length;
    let first = failed[0]?.message ?? '';
    for (const task of await Promise.all(ends)) {
      if (task.error) {
        await this._showError(task.error);
      }
      const summary = task.result as IDeleteSummary | null;
      count += summary?.failed ?? 0;
      first ||= summary?.failures[0]?.message ?? '';
    }
    if (count > 0) {
      const { trans } = this._options;
      Notification.error(
        trans._n(
          '%2 object could not be deleted: %3',
          '%2 objects could not be deleted: %3',
          count,
          formatNumber(count),
          first
        ),
        { autoClose: false }
      );
    }
  }

  /** The folder that the file browser shows, relative to the server's root; null where there is no file browser. */
  get folder(): string | null {
    const browser = this.fileBrowser;
    return browser && this._options.contents.localPath(browser.model.path);
  }

  /** Run a copy on the server to its end; ask what to do with what exists already. */
  private async _transfer(
    name: string,
    start: (choice: ConflictChoice) => Promise<Task>,
    done: string
  ): Promise<void> {
    const { trans } = this._options;
    try {
      let task = await this._untilDone(await start('skip'));
      const conflict = conflictOf(task, name);
      if (conflict) {
        const choice = await askConflict(conflict, trans);
        if (choice === 'skip') {
          return;
        }
        task = await this._untilDone(await start(choice));
      }
      if (task.state === 'succeeded') {
        Notification.success(done, { autoClose: 3000 });
      }
    } catch (reason) {
      await this._showError(SmextError.from(reason));
    }
  }

  /** Follow a task, and start it again as often as it fails and the person wants that. Conflicts are left to the caller. */
  private async _untilDone({ id }: Task): Promise<Task> {
    const { tasks } = this._options;
    const task = await tasks.follow(id);
    if (task.error && task.error.code !== 'Conflict' && (await this._asksAgain(task.error))) {
      return this._untilDone(await tasks.retry(id));
    }
    return task;
  }

  private _tellFailures(report: IUploadReport, location: ILocation): void {
    const { trans } = this._options;
    const { failed } = report;
    Notification.error(
      trans._n(
        '%2 file could not be uploaded to %3',
        '%2 files could not be uploaded to %3',
        failed.length,
        formatNumber(failed.length),
        uriOf(location)
      ),
      {
        autoClose: false,
        actions: [
          { label: trans.__('Why'), callback: () => void this._showError(failed[0].error) },
          { label: trans.__('Try again'), callback: () => void this._upload(failed, location) }
        ]
      }
    );
  }

  /** Say why a transfer failed; answers whether it shall be tried again. */
  private async _asksAgain(error: ErrorEnvelope): Promise<boolean> {
    const { trans } = this._options;
    const { button } = await showDialog({
      title: trans.__('Amazon S3'),
      body: dialogBody(<ErrorView error={error} trans={trans} />),
      buttons: [
        Dialog.cancelButton({ label: trans.__('Close') }),
        Dialog.okButton({ label: trans.__('Try again') })
      ]
    });
    return button.accept;
  }

  private async _showError(error: SmextError | ErrorEnvelope): Promise<void> {
    const { trans } = this._options;
    await showDialog({
      title: trans.__('Amazon S3'),
      body: dialogBody(<ErrorView error={error} trans={trans} />),
      buttons: [Dialog.okButton({ label: trans.__('Close') })]
    });
  }

  private _kept: { targets: readonly ITarget[]; move: boolean } | null = null;
}

/** The folders that targets lie in, each once. */
function foldersOf(targets: readonly ITarget[]): ILocation[] {
  const folders = targets.map(folderOfTarget);
  return folders.filter(
    (each, index) => folders.findIndex(other => uriOf(other) === uriOf(each)) === index
  );
}

/** The deepest folder that all targets of a bucket lie in; a single folder is its own. */
function commonFolder(targets: readonly ITarget[]): string {
  const [first, ...others] = targets.map(each =>
    targets.length === 1 && !isObject(each) ? each.key : folderOf(each.key)
  );
  return others.reduce((common, each) => {
    while (!each.startsWith(common)) {
      common = folderOf(common);
    }
    return common;
  }, first);
}

function conflictOf(task: Task, name: string): IConflict | null {
  if (task.error?.code === 'Conflict') {
    return { count: 1, names: [name], canKeepBoth: true };
  }
  const skipped = (task.result as ITransferResult | null)?.skipped ?? 0;
  // The others of the folder are there by now: to keep both would copy them twice.
  return skipped > 0 ? { count: skipped, names: [name], canKeepBoth: false } : null;
}
