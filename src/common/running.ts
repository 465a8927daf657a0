import type { IRunningSessions } from '@jupyterlab/running';
import { type ISignal, Signal } from '@lumino/signaling';
import type { SmextError } from '../api/client';
import type { IRunningSource } from '../tokens';

/** A list, as far as others want to know what of it runs. */
export interface IRunningList<T> {
  readonly rows: readonly T[];
  readonly loading: boolean;
  readonly error: SmextError | null;
  readonly changed: ISignal<unknown, void>;
  /** Someone began to watch: look now. */
  wake(): void;
  refresh(): Promise<void>;
}

/** How many rows of a list run, for the header of the panel. */
export class RunningCount<T> implements IRunningSource {
  constructor(
    private readonly _options: {
      list: IRunningList<T>;
      section: string;
      rank: number;
      /** Null: the list does not show all that there are. */
      countOf: (rows: readonly T[]) => number | null;
      label: (count: number) => string;
    }
  ) {
    this.section = _options.section;
    this.rank = _options.rank;
    _options.list.changed.connect(this._emit, this);
  }

  readonly section: string;
  readonly rank: number;

  get count(): number | null {
    const { list, countOf } = this._options;
    return list.loading || list.error ? null : countOf(list.rows);
  }

  get countChanged(): ISignal<this, number | null> {
    return this._countChanged;
  }

  wake(): void {
    this._options.list.wake();
  }

  label(count: number): string {
    return this._options.label(count);
  }

  private _emit(): void {
    this._countChanged.emit(this.count);
  }

  private readonly _countChanged = new Signal<this, number | null>(this);
}

/**
 * A list, for JupyterLab's panel of what runs.
 *
 * That panel offers one button for all. Ending everything of an account in one go is never what is meant, so the button
 * opens the list.
 */
export class RunningManager<T> implements IRunningSessions.IManager {
  constructor(
    private readonly _options: {
      name: string;
      list: IRunningList<T>;
      itemOf: (row: T) => IRunningSessions.IRunningItem;
      /** Of the button that ends one item. */
      shutdownLabel?: string;
      showAllLabel: string;
      /** Says that the button for all ends nothing. */
      showAllText: string;
      showAll: () => void;
    }
  ) {
    this.name = _options.name;
    this.shutdownLabel = _options.shutdownLabel;
    this.shutdownAllLabel = _options.showAllLabel;
    this.shutdownAllConfirmationText = _options.showAllText;
    _options.list.changed.connect(this._emit, this);
  }

  readonly name: string;
  readonly shutdownLabel?: string;
  readonly shutdownAllLabel: string;
  readonly shutdownAllConfirmationText: string;

  get runningChanged(): ISignal<this, void> {
    return this._runningChanged;
  }

  running(): IRunningSessions.IRunningItem[] {
    const { list, itemOf } = this._options;
    return list.rows.map(itemOf);
  }

  shutdownAll(): void {
    this._options.showAll();
  }

  refreshRunning(): void {
    void this._options.list.refresh();
  }

  private _emit(): void {
    this._runningChanged.emit();
  }

  private readonly _runningChanged = new Signal<this, void>(this);
}
