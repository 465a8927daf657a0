import { MainAreaWidget } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import type { EndpointModel } from './endpointModel';
import { EndpointView, type IEndpointViewProps } from './endpointView';
import { endpointIcon } from './icon';

/** The tab of one endpoint in the main area. */
export class EndpointTab extends MainAreaWidget<EndpointPanel> {
  constructor(props: IEndpointViewProps) {
    super({ content: new EndpointPanel(props) });
    const { name } = props.model;
    this.id = `jp-smext-endpoint-${name}`;
    this.title.label = name;
    this.title.caption = props.trans.__('Endpoint %1', name);
    this.title.icon = endpointIcon;
    this.title.closable = true;
    this.toolbar.hide();
  }

  get endpointName(): string {
    return this.content.model.name;
  }
}

class EndpointPanel extends ReactWidget {
  constructor(private readonly _props: IEndpointViewProps) {
    super();
    this.addClass('jp-smext-Endpoint');
    this.node.tabIndex = -1;
  }

  get model(): EndpointModel {
    return this._props.model;
  }

  dispose(): void {
    this.model.dispose();
    super.dispose();
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.model.active = this.isVisible;
  }

  protected onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.model.active = true;
  }

  protected onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this.model.active = false;
  }

  protected onBeforeDetach(msg: Message): void {
    this.model.active = false;
    super.onBeforeDetach(msg);
  }

  protected render(): JSX.Element {
    return <EndpointView {...this._props} />;
  }
}
