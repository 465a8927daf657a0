import { MainAreaWidget } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { bucketIcon } from '../icons';
import { type IOffloadViewProps, OffloadView } from './view';

/** The tab that moves files from the server's disk to S3; there is one. */
export class OffloadTab extends MainAreaWidget<ReactWidget> {
  constructor(props: IOffloadViewProps) {
    super({ content: ReactWidget.create(<OffloadView {...props} />) });
    this.id = 'jp-smext-offload';
    this.title.label = props.trans.__('Disk Space');
    this.title.caption = props.trans.__('Move files from this server to S3');
    this.title.icon = bucketIcon;
    this.title.closable = true;
    this.toolbar.hide();
  }
}
