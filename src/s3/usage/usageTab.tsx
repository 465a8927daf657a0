import { MainAreaWidget } from '@jupyterlab/apputils';
import { listIcon, ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { type ILocation, nameOf, uriOf } from '../location';
import { type IUsageViewProps, UsageView } from './view';

/** The tab that adds up a folder. */
export class UsageTab extends MainAreaWidget<ReactWidget> {
  constructor(id: string, props: IUsageViewProps) {
    super({
      content: ReactWidget.create(
        <UsageView
          {...props}
          onMoved={location => {
            this._name(location, props);
            props.onMoved(location);
          }}
        />
      )
    });
    this.id = id;
    this.title.icon = listIcon;
    this.title.closable = true;
    this.toolbar.hide();
    this.content.addClass('jp-smext-UsageTab');
    this._name(props.start, props);
  }

  get uri(): string {
    return this._uri;
  }

  private _name(location: ILocation, { trans }: IUsageViewProps): void {
    this._uri = uriOf(location);
    this.title.label = trans.__('Size of %1', nameOf(location.prefix) || location.bucket);
    this.title.caption = trans.__('Size of %1', this._uri);
  }

  private _uri = '';
}
