import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import { type LabIcon, ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type * as React from 'react';

/** What a tab shows one of, kept up to date while somebody looks. */
export interface INamedModel {
  readonly name: string;
  /** Whether somebody looks. */
  set active(active: boolean);
  dispose(): void;
}

export interface IModelTabOptions<M extends INamedModel> {
  model: M;
  id: string;
  label: string;
  caption: string;
  icon: LabIcon;
  className: string;
  view: React.ReactElement;
}

/** A tab of the main area that shows one model; the model sleeps while the tab is hidden. */
export class ModelTab<M extends INamedModel> extends MainAreaWidget<ReactWidget> {
  constructor(options: IModelTabOptions<M>) {
    super({ content: new ModelPanel(options.view, options.model) });
    this.model = options.model;
    this.content.addClass(options.className);
    this.id = options.id;
    this.title.label = options.label;
    this.title.caption = options.caption;
    this.title.icon = options.icon;
    this.title.closable = true;
    this.toolbar.hide();
  }

  readonly model: M;
}

class ModelPanel extends ReactWidget {
  constructor(
    private readonly _view: React.ReactElement,
    private readonly _model: INamedModel
  ) {
    super();
    this.node.tabIndex = -1;
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._model.dispose();
      super.dispose();
    }
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._model.active = this.isVisible;
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this._model.active = true;
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this._model.active = false;
  }

  protected onBeforeDetach(msg: Message): void {
    this._model.active = false;
    super.onBeforeDetach(msg);
  }

  protected render(): React.ReactElement {
    return this._view;
  }
}

/** The open tabs of one kind, one for each name. */
export class ModelTabs<M extends INamedModel> {
  constructor(
    private readonly _options: {
      namespace: string;
      shell: JupyterFrontEnd.IShell;
      make: (name: string) => ModelTab<M>;
    }
  ) {
    this._tracker = new WidgetTracker<ModelTab<M>>({ namespace: _options.namespace });
  }

  /** Show the tab of this name; open it first where it is not open. */
  open(name: string): ModelTab<M> {
    const { shell, make } = this._options;
    let tab = this._find(name);
    if (!tab) {
      tab = make(name);
      void this._tracker.add(tab);
      shell.add(tab, 'main');
    }
    shell.activateById(tab.id);
    return tab;
  }

  /** What the tab of this name shows; undefined where there is none. */
  model(name: string): M | undefined {
    return this._find(name)?.model;
  }

  /** Name of the tab in front; null where something else is. */
  get shown(): string | null {
    const { currentWidget } = this._tracker;
    return currentWidget && currentWidget === this._options.shell.currentWidget
      ? currentWidget.model.name
      : null;
  }

  /** Open the same tabs again after a reload, by a command with the name as this argument. */
  restore(restorer: ILayoutRestorer, command: string, argument: string): void {
    void restorer.restore(this._tracker, {
      command,
      args: tab => ({ [argument]: tab.model.name }),
      name: tab => tab.model.name
    });
  }

  private _find(name: string): ModelTab<M> | undefined {
    return this._tracker.find(tab => tab.model.name === name);
  }

  private readonly _tracker: WidgetTracker<ModelTab<M>>;
}
