import { MainAreaWidget } from '@jupyterlab/apputils';
import {
  CommandToolbarButton,
  fileIcon,
  ReactWidget,
  type Toolbar
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { nameOf } from '../location';
import { type IObjectViewProps, ObjectView } from './objectView';

export interface IObjectTabOptions extends IObjectViewProps {
  id: string;
  commands: CommandRegistry;
  /** Commands that take the address of the object as `uri`. */
  toolbar: readonly string[];
}

/** The tab of one object in the main area. */
export class ObjectTab extends MainAreaWidget<ReactWidget> {
  constructor(options: IObjectTabOptions) {
    super({ content: ReactWidget.create(<ObjectView {...options} />) });
    const { bucket, key } = options.object;
    this.id = options.id;
    this.uri = `s3://${bucket}/${key}`;
    this.title.label = nameOf(key) || key;
    this.title.caption = this.uri;
    this.title.icon = fileIcon;
    this.title.closable = true;
    this.addClass('jp-smext-ObjectTab');
    addButtons(this.toolbar, options, this.uri);
  }

  readonly uri: string;
}

function addButtons(toolbar: Toolbar, options: IObjectTabOptions, uri: string): void {
  const { commands } = options;
  for (const id of options.toolbar) {
    toolbar.addItem(id, new CommandToolbarButton({ commands, id, args: { uri } }));
  }
}
