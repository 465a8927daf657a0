import type { TranslationBundle } from '@jupyterlab/translation';
import { PanelWithToolbar, ReactWidget } from '@jupyterlab/ui-components';
import type { IDisposable } from '@lumino/disposable';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { ISmext, ITasks } from '../tokens';
import type { ITargetSource } from './browsers';
import type { IconOf } from './columns';
import { dragRows } from './dragOut';
import type { Entry } from './entry';
import { type ILocation, uriOf } from './location';
import type { S3BrowserModel } from './model';
import { type ITarget, targetsOf } from './target';
import { S3View } from './view';

export interface IS3BrowserOptions {
  id: string;
  model: S3BrowserModel;
  smext: ISmext;
  tasks: ITasks;
  iconOf: IconOf;
  /** Addresses that the path field offers. */
  suggestions(): readonly string[];
  /** Where to begin. */
  start: () => Promise<ILocation | null>;
  onOpenObject(browser: S3Browser, entry: Entry): void;
  onDelete(browser: S3Browser): void;
  /** Files of the desktop were dropped. */
  onDrop(browser: S3Browser, transfer: DataTransfer): void;
  /** Files of the file browser were dropped. */
  onDropPaths(browser: S3Browser, paths: readonly string[]): void;
  /** Upload into an empty folder, or create the first bucket. */
  onEmptyAction(browser: S3Browser): void;
  trans: TranslationBundle;
}

/** What JupyterLab's file browser drags: the paths of files. */
const FILE_BROWSER_MIME = 'application/x-jupyter-icontents';
const DRAG_EVENTS = ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop'];

/** The part of a Lumino drag event that is used here. */
interface IFileDrag extends Event {
  dropAction: string;
  readonly proposedAction: string;
  readonly mimeData: { hasData(mime: string): boolean; getData(mime: string): unknown };
}

/** A browser of S3 with its toolbar. It lists nothing before it is seen. */
export class S3Browser extends PanelWithToolbar implements ITargetSource {
  constructor(private readonly _options: IS3BrowserOptions) {
    super();
    this.id = _options.id;
    this.model = _options.model;
    this.addClass('jp-smext-S3');
    this.addClass('jp-smext-Section');
    this.title.label = _options.trans.__('S3');
    this.title.caption = _options.trans.__('Amazon S3');
    this.toolbar.node.setAttribute('aria-label', _options.trans.__('S3'));
    this._body = new Body(this, _options);
    this.addWidget(this._body);
  }

  readonly model: S3BrowserModel;

  get targets(): readonly ITarget[] {
    return targetsOf(this.model.selected, this.model.location);
  }

  /** Have the path typed. */
  editPath(): void {
    this._body.setEditing(true);
  }

  /** Give the keyboard to the list. */
  focusList(): void {
    this.node.querySelector<HTMLElement>('.jp-smext-Listing-grid')?.focus();
  }

  handleEvent(event: Event): void {
    const drag = event as IFileDrag;
    if (!drag.mimeData.hasData(FILE_BROWSER_MIME) || !this.model.location) {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    switch (event.type) {
      case 'lm-dragenter':
      case 'lm-dragover':
        this._body.setDropping(true);
        drag.dropAction = drag.proposedAction;
        break;
      case 'lm-dragleave':
        this._body.setDropping(false);
        break;
      case 'lm-drop':
        this._body.setDropping(false);
        drag.dropAction = drag.proposedAction;
        this._options.onDropPaths(this, drag.mimeData.getData(FILE_BROWSER_MIME) as string[]);
        break;
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      super.dispose();
    }
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    DRAG_EVENTS.forEach(each => this.node.addEventListener(each, this));
    this._rows = dragRows(this.node, () => this.targets);
    this._startWhenSeen();
  }

  protected onBeforeDetach(msg: Message): void {
    DRAG_EVENTS.forEach(each => this.node.removeEventListener(each, this));
    this._rows?.dispose();
    super.onBeforeDetach(msg);
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._startWhenSeen();
  }

  protected onActivateRequest(): void {
    this.focusList();
  }

  private _startWhenSeen(): void {
    if (!this._started && this.isVisible) {
      this._started = true;
      void this._start();
    }
  }

  private async _start(): Promise<void> {
    const { smext, start } = this._options;
    await smext.ready;
    const location = await start();
    // A command may have opened a place before the server part was ready.
    if (!this.isDisposed && !this.model.hasOpened) {
      await this.model.open(location);
    }
  }

  private readonly _body: Body;
  private _rows: IDisposable | null = null;
  private _started = false;
}

/** The React part. */
class Body extends ReactWidget {
  constructor(
    private readonly _browser: S3Browser,
    private readonly _options: IS3BrowserOptions
  ) {
    super();
    this.addClass('jp-smext-S3-content');
  }

  setEditing(editing: boolean): void {
    this._editing = editing;
    this.update();
    if (!editing) {
      this._browser.focusList();
    }
  }

  /** Something that may be dropped here is held over the browser. */
  setDropping(dropping: boolean): void {
    if (dropping !== this._dropping) {
      this._dropping = dropping;
      this.update();
    }
  }

  protected render(): React.ReactElement {
    const { model, tasks, iconOf, trans } = this._options;
    const browser = this._browser;
    return (
      <S3View
        model={model}
        tasks={tasks}
        iconOf={iconOf}
        dropping={this._dropping}
        editingPath={this._editing}
        suggestions={this._options.suggestions}
        onEditPath={editing => this.setEditing(editing)}
        onOpenObject={entry => this._options.onOpenObject(browser, entry)}
        onDelete={() => this._options.onDelete(browser)}
        onDrop={transfer => this._options.onDrop(browser, transfer)}
        onEmptyAction={() => this._options.onEmptyAction(browser)}
        trans={trans}
      />
    );
  }

  private _editing = false;
  private _dropping = false;
}

/** The words for a tab that shows a place. */
export function tabTitle(location: ILocation | null, trans: TranslationBundle): string {
  if (!location) {
    return trans.__('S3');
  }
  const parts = location.prefix.split('/').filter(each => each);
  return parts.length > 0 ? parts[parts.length - 1] : location.bucket;
}

export function tabCaption(location: ILocation | null, trans: TranslationBundle): string {
  return location ? uriOf(location) : trans.__('Amazon S3');
}
