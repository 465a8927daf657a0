import { FocusTracker, type Widget } from '@lumino/widgets';
import type { S3Browser } from './browser';
import type { ITarget } from './target';

/** A widget in which something in S3 is selected: a browser, or the results of a search. */
export interface ITargetSource extends Widget {
  readonly targets: readonly ITarget[];
}

/** The open browsers, in the sidebar and in the main area, and everything else in which rows of S3 are selected. */
export class S3Browsers {
  add(browser: S3Browser): void {
    this._browsers.add(browser);
    this._sources.add(browser);
  }

  addSource(source: ITargetSource): void {
    this._sources.add(source);
  }

  /** The browser with this id; without one the browser that was used last. */
  find(id?: unknown): S3Browser | null {
    return pick(this._browsers, id);
  }

  /** What is selected in the widget with this id; without one in the widget that was used last. */
  targets(id?: unknown): readonly ITarget[] {
    return pick(this._sources, id)?.targets ?? [];
  }

  forEach(visit: (browser: S3Browser) => void): void {
    this._browsers.widgets.forEach(visit);
  }

  private readonly _browsers = new FocusTracker<S3Browser>();
  private readonly _sources = new FocusTracker<ITargetSource>();
}

function pick<T extends Widget>(tracker: FocusTracker<T>, id: unknown): T | null {
  const { currentWidget, widgets } = tracker;
  return typeof id === 'string'
    ? (widgets.find(each => each.id === id) ?? null)
    : (currentWidget ?? widgets[0] ?? null);
}
