import { ReactWidget } from '@jupyterlab/ui-components';
import type * as React from 'react';
import type { PagedList } from './pagedList';
import { Section } from './section';

/** Which rows of a list are selected, by key. */
export interface ISelection {
  selected: ReadonlySet<string>;
  onSelect: (selected: ReadonlySet<string>) => void;
}

/** A section of the panel that is one list, whose selection commands act on. */
export class ListSection<T> extends Section {
  constructor(options: ListSection.IOptions<T>) {
    const body = new Body(options.view);
    super({ ...options, content: body, focus: '[role="grid"]' });
    this._body = body;
    this._model = options.model;
  }

  /** Keys of the selected rows that are listed now. */
  get selected(): readonly string[] {
    const { selected } = this._body;
    return this._model.rows.map(row => this._model.keyOf(row)).filter(key => selected.has(key));
  }

  private readonly _body: Body;
  private readonly _model: PagedList<T>;
}

export namespace ListSection {
  export interface IOptions<T> extends Omit<Section.IOptions, 'content' | 'focus'> {
    model: PagedList<T>;
    view: (selection: ISelection) => React.ReactElement;
  }
}

class Body extends ReactWidget {
  constructor(private readonly _view: (selection: ISelection) => React.ReactElement) {
    super();
  }

  protected render(): React.ReactElement {
    return this._view({
      selected: this.selected,
      onSelect: selected => {
        this.selected = selected;
        this.update();
      }
    });
  }

  selected: ReadonlySet<string> = new Set();
}
