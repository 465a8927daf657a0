import { type ISignal, Signal } from '@lumino/signaling';
import type { Widget } from '@lumino/widgets';

/** A widget of ours that a kernel keeps. */
export interface ILiveWidget {
  /** Id of its model. */
  readonly id: string;
  /** `text/plain` and `text/html` of what it shows; empty until the kernel has made them. */
  readonly snapshot: Readonly<Record<string, string>>;
  readonly snapshotChanged: ISignal<ILiveWidget, void>;
  createView(): Promise<Widget>;
}

/** The widgets that live now, in all notebooks of the page. */
export class LiveWidgets {
  /** Emitted with the id of a widget that began or ceased to live. */
  get changed(): ISignal<LiveWidgets, string> {
    return this._changed;
  }

  /** Whether there is a widget manager, without which no widget lives; true until that is known. */
  get canLive(): boolean {
    return this._canLive;
  }

  set canLive(canLive: boolean) {
    this._canLive = canLive;
    this._canLiveChanged.emit();
  }

  get canLiveChanged(): ISignal<LiveWidgets, void> {
    return this._canLiveChanged;
  }

  get(id: string): ILiveWidget | null {
    return this._widgets.get(id) ?? null;
  }

  add(widget: ILiveWidget): void {
    this._widgets.set(widget.id, widget);
    this._changed.emit(widget.id);
  }

  /** Its kernel has gone, or no longer has it. */
  remove(widget: ILiveWidget): void {
    if (this._widgets.get(widget.id) === widget) {
      this._widgets.delete(widget.id);
      this._changed.emit(widget.id);
    }
  }

  private readonly _widgets = new Map<string, ILiveWidget>();
  private readonly _changed = new Signal<LiveWidgets, string>(this);
  private _canLive = true;
  private readonly _canLiveChanged = new Signal<LiveWidgets, void>(this);
}
