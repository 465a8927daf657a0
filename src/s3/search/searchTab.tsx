import { MainAreaWidget } from '@jupyterlab/apputils';
import { ReactWidget, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ITargetSource } from '../browsers';
import { nameOf, uriOf } from '../location';
import type { ITarget } from '../target';
import { type ISearchViewProps, SearchView } from './view';

/** The tab of a search in the main area. */
export class SearchTab extends MainAreaWidget<ReactWidget> implements ITargetSource {
  constructor(
    id: string,
    private readonly _props: ISearchViewProps
  ) {
    super({ content: ReactWidget.create(<SearchView {..._props} />) });
    const { location, trans } = _props;
    this.id = id;
    this.uri = uriOf(location);
    this.title.label = trans.__('Search %1', nameOf(location.prefix) || location.bucket);
    this.title.caption = trans.__('Search below %1', this.uri);
    this.title.icon = searchIcon;
    this.title.closable = true;
    this.toolbar.hide();
    this.content.addClass('jp-smext-SearchTab');
  }

  readonly uri: string;

  get targets(): readonly ITarget[] {
    const { location, model } = this._props;
    return model.hits
      .filter(each => model.selectedKeys.has(each.key))
      .map(({ key, size }) => ({ bucket: location.bucket, key, name: nameOf(key), size }));
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._props.model.dispose();
      super.dispose();
    }
  }
}
