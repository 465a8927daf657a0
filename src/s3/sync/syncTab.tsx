import { MainAreaWidget } from '@jupyterlab/apputils';
import { ReactWidget, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { nameOf, uriOf } from '../location';
import { type ISyncViewProps, SyncView } from './view';

/** The tab that makes a folder in S3 and one of the server alike. */
export class SyncTab extends MainAreaWidget<ReactWidget> {
  constructor(id: string, props: ISyncViewProps) {
    super({ content: ReactWidget.create(<SyncView {...props} />) });
    const { location, trans } = props;
    this.id = id;
    this.uri = uriOf(location);
    this.title.label = trans.__('Sync %1', nameOf(location.prefix) || location.bucket);
    this.title.caption = trans.__('Sync a folder with %1', this.uri);
    this.title.icon = refreshIcon;
    this.title.closable = true;
    this.toolbar.hide();
  }

  readonly uri: string;
}
