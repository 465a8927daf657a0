import { FocusTracker } from '@lumino/widgets';
import type { S3Browser } from './browser';

/** The open browsers: the one in the sidebar and those in the main area. */
export class S3Browsers {
  add(browser: S3Browser): void {
    this._tracker.add(browser);
  }

  /** The browser with this id; without one the browser that was used last. */
  find(id?: unknown): S3Browser | null {
    const all = this._tracker.widgets;
    return typeof id === 'string'
      ? (all.find(each => each.id === id) ?? null)
      : (this._tracker.currentWidget ?? all[0] ?? null);
  }

  forEach(visit: (browser: S3Browser) => void): void {
    this._tracker.widgets.forEach(visit);
  }

  private readonly _tracker = new FocusTracker<S3Browser>();
}
