import type { TranslationBundle } from '@jupyterlab/translation';
import { addIcon, ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import { Section } from '../common/section';
import { CommandIDs } from './commands';
import { JobsList } from './list';
import type { JobsModel } from './model';

/** The training section of the panel: all jobs of the account and region, newest first. */
export class JobsSection extends Section {
  constructor(options: JobsSection.IOptions) {
    const list = new Body(options);
    super({
      id: 'jp-smext-jobs',
      className: 'jp-smext-Jobs',
      label: options.trans.__('Training'),
      commands: options.commands,
      tools: [{ id: 'smext:estimator-new', icon: addIcon }, { id: CommandIDs.refresh }],
      content: list,
      focus: '[role="grid"]',
      onShow: options.onShow
    });
    this._list = list;
  }

  /** Names of the selected jobs. */
  get selected(): readonly string[] {
    return [...this._list.selected];
  }

  private readonly _list: Body;
}

export namespace JobsSection {
  export interface IOptions {
    model: JobsModel;
    /** The section can be seen from now on. */
    onShow: () => void;
    commands: CommandRegistry;
    trans: TranslationBundle;
  }
}

class Body extends ReactWidget {
  constructor(private readonly _options: JobsSection.IOptions) {
    super();
  }

  selected: ReadonlySet<string> = new Set();

  protected render(): JSX.Element {
    return (
      <JobsList
        {...this._options}
        selected={this.selected}
        onSelect={selected => {
          this.selected = selected;
          this.update();
        }}
      />
    );
  }
}
