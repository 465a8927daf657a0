import { MainAreaWidget } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import { type ISignal, Signal } from '@lumino/signaling';
import type * as React from 'react';
import { iamIcon } from './icon';

/** What a tab shows. Its state comes back after a reload. */
export interface IRestorable {
  readonly changed: ISignal<IRestorable, void>;
  /** Enough to open the same again: arguments of the command that opens the tab. */
  readonly state: Record<string, string | undefined>;
  dispose(): void;
}

/** A tab of the main area about permissions: the doctor, the policy editor, the permissions of a launch. */
export class IamTab<M extends IRestorable> extends MainAreaWidget {
  constructor(options: {
    id: string;
    label: string;
    caption: string;
    model: M;
    view: React.ReactElement;
  }) {
    const content = ReactWidget.create(options.view);
    super({ content });
    content.addClass('jp-smext-Iam');
    content.node.tabIndex = -1;
    this.model = options.model;
    this.id = options.id;
    this.title.label = options.label;
    this.title.caption = options.caption;
    this.title.icon = iamIcon;
    this.title.closable = true;
    this.toolbar.hide();
  }

  readonly model: M;

  dispose(): void {
    if (!this.isDisposed) {
      this.model.dispose();
      Signal.clearData(this);
      super.dispose();
    }
  }
}
