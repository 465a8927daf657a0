import { MainAreaWidget } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import * as React from 'react';
import { jobIcon } from './icon';
import type { JobModel } from './jobModel';
import { JobView, type IJobViewProps } from './jobView';

/** The tab of one training job in the main area. */
export class JobTab extends MainAreaWidget<JobPanel> {
  constructor(props: IJobViewProps) {
    super({ content: new JobPanel(props) });
    const { name } = props.model;
    this.id = `jp-smext-job-${name}`;
    this.title.label = name;
    this.title.caption = props.trans.__('Training job %1', name);
    this.title.icon = jobIcon;
    this.title.closable = true;
    this.toolbar.hide();
  }

  get jobName(): string {
    return this.content.model.name;
  }
}

class JobPanel extends ReactWidget {
  constructor(private readonly _props: IJobViewProps) {
    super();
    this.addClass('jp-smext-Job');
    this.node.tabIndex = -1;
  }

  get model(): JobModel {
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
    return <JobView {...this._props} />;
  }
}
