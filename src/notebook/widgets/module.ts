import { DOMWidgetModel, DOMWidgetView, type ExportMap } from '@jupyter-widgets/base';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import { Debouncer } from '@lumino/polling';
import { type ISignal, Signal } from '@lumino/signaling';
import { PanelLayout, type Widget } from '@lumino/widgets';
import type * as React from 'react';
import type { ContentFactory, IContent, ITraits, IWidgetContext } from './content';
import { endpointTester } from './endpointTester';
import { estimatorForm } from './estimatorForm';
import { jobMonitor } from './jobMonitor';
import { jobTable } from './jobTable';
import type { ILiveWidget } from './liveWidgets';
import { priceTag } from './priceTag';
import { roleCheck } from './roleCheck';
import { s3Picker } from './s3Picker';

/** What there is, by the name of its class in Python. */
const CONTENTS: Record<string, ContentFactory> = {
  EndpointTester: endpointTester,
  EstimatorForm: estimatorForm,
  JobMonitor: jobMonitor,
  JobTable: jobTable,
  PriceTag: priceTag,
  RoleCheck: roleCheck,
  S3Picker: s3Picker
};

/** The classes that the widget manager makes our widgets of. */
export function widgetClasses(context: IWidgetContext): ExportMap {
  /** The model of all our widgets: it keeps the content, which its views share. */
  class PanelWidgetModel extends DOMWidgetModel {
    // A constructor of Backbone calls this before fields of the class would be set.
    initialize(
      attributes: Parameters<DOMWidgetModel['initialize']>[0],
      options: Parameters<DOMWidgetModel['initialize']>[1]
    ): void {
      super.initialize(attributes, options);
      this._views = new Set();
      this._content = CONTENTS[this.get('_kind')](this._traits(), context);
      const live = new LiveModel(this);
      this.on('change:_snapshot', () => live.emitChanged());
      this.on('comm_live_update', () => {
        if (this.comm_live) {
          context.live.add(live);
        } else {
          context.live.remove(live);
        }
      });
      if (this.comm_live) {
        context.live.add(live);
      }
      this.on('destroy', () => {
        context.live.remove(live);
        this._content.dispose();
        Signal.clearData(live);
      });
    }

    view(): React.ReactElement {
      return this._content.view();
    }

    /** A view can be seen, or no longer. */
    setSeen(view: object, seen: boolean): void {
      if (seen) {
        this._views.add(view);
      } else {
        this._views.delete(view);
      }
      this._content.active = this._views.size > 0;
    }

    private _traits(): ITraits {
      // The widget manager of a notebook knows its document; others do not.
      const { context: document } = this.widget_manager as { context?: { path: string } };
      return {
        notebook: document?.path ?? '',
        get: name => this.get(name),
        set: values => {
          this.set({ ...values });
          this.save_changes();
        },
        onChange: (names, slot) => {
          const events = names.map(name => `change:${name}`).join(' ');
          this.on(events, slot);
          return () => this.off(events, slot);
        }
      };
    }

    private _content!: IContent;
    private _views!: Set<object>;
  }

  class PanelWidgetView extends DOMWidgetView {
    render(): void {
      super.render();
      const layout = new PanelLayout();
      this.luminoWidget.layout = layout;
      layout.addWidget(new Body(this.model as PanelWidgetModel));
    }
  }

  return { PanelWidgetModel, PanelWidgetView };
}

/** A model as outputs see it. */
class LiveModel implements ILiveWidget {
  constructor(private readonly _model: DOMWidgetModel) {}

  get id(): string {
    return this._model.model_id;
  }

  get snapshot(): Readonly<Record<string, string>> {
    return this._model.get('_snapshot') ?? {};
  }

  get snapshotChanged(): ISignal<ILiveWidget, void> {
    return this._snapshotChanged;
  }

  async createView(): Promise<Widget> {
    const view = await this._model.widget_manager.create_view(this._model);
    return (view as DOMWidgetView).luminoWidget;
  }

  emitChanged(): void {
    this._snapshotChanged.emit();
  }

  private readonly _snapshotChanged = new Signal<this, void>(this);
}

/** Milliseconds without a change before a height that is dragged is told to Python. */
const DRAG_DELAY = 200;

/** What both classes need of the model. */
interface ISeen extends Pick<DOMWidgetModel, 'get' | 'set' | 'save_changes' | 'on' | 'off'> {
  view(): React.ReactElement;
  setSeen(view: object, seen: boolean): void;
}

/** The React part of a view. */
class Body extends ReactWidget {
  constructor(private readonly _model: ISeen) {
    super();
    this.addClass('jp-smext-Widget');
    this.addClass(`jp-smext-Widget-${_model.get('_kind')}`);
    // A key that is pressed in here is not meant for the notebook: `dd` would delete the cell.
    this.node.setAttribute('data-lm-suppress-shortcuts', 'true');
    this._takeHeight();
    _model.on('change:height', this._takeHeight);
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._model.off('change:height', this._takeHeight);
      this._dragged.dispose();
      super.dispose();
    }
  }

  protected onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this._observer = new IntersectionObserver(entries =>
      this._model.setSeen(this, entries[entries.length - 1].isIntersecting)
    );
    this._observer.observe(this.node);
    this._sizes.observe(this.node);
  }

  protected onBeforeDetach(msg: Message): void {
    this._observer?.disconnect();
    this._sizes.disconnect();
    this._model.setSeen(this, false);
    super.onBeforeDetach(msg);
  }

  protected render(): React.ReactElement {
    return this._model.view();
  }

  private readonly _takeHeight = (): void => {
    const height = this._model.get('height');
    this.node.style.height = height ? `${height}px` : '';
  };

  /** Tell Python what the person has made of it: the browser writes a height that is dragged into the style. */
  private _tellHeight(): void {
    const height = Math.round(parseFloat(this.node.style.height));
    if (height && height !== this._model.get('height')) {
      this._model.set('height', height);
      this._model.save_changes();
    }
  }

  private readonly _dragged = new Debouncer(() => this._tellHeight(), DRAG_DELAY);
  private readonly _sizes = new ResizeObserver(() => void this._dragged.invoke());
  private _observer: IntersectionObserver | null = null;
}
