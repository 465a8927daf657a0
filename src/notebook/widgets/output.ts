import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Panel, Widget } from '@lumino/widgets';
import type { ILiveWidget, LiveWidgets } from './liveWidgets';

/** What an output with a widget of ours carries, beside `text/html` and `text/plain` of its last state. */
export const MIME_TYPE = 'application/vnd.jupyter-smext.widget+json';

/** Before HTML, and before the widget manager's own views. */
const RANK = -20;

/** Show outputs of our widgets: alive as long as a kernel keeps the widget, else as it was last. */
export function addOutputRenderer(
  rendermime: {
    getFactory(mimeType: string): IRenderMime.IRendererFactory | undefined;
    addFactory(factory: IRenderMime.IRendererFactory, rank?: number): void;
  },
  live: LiveWidgets,
  trans: TranslationBundle
): void {
  rendermime.addFactory(
    {
      // Nothing of the output itself is trusted: its HTML goes to the renderer of HTML.
      safe: true,
      mimeTypes: [MIME_TYPE],
      createRenderer: options =>
        new Output(live, trans, () =>
          rendermime.getFactory('text/html')?.createRenderer({ ...options, mimeType: 'text/html' })
        )
    },
    RANK
  );
}

/** One output. What the widget shows is saved with it, so that the notebook can be read without a kernel. */
class Output extends Panel implements IRenderMime.IRenderer {
  constructor(
    private readonly _live: LiveWidgets,
    private readonly _trans: TranslationBundle,
    private readonly _newStatic: () => IRenderMime.IRenderer | undefined
  ) {
    super();
    this.addClass('jp-smext-Output');
    _live.changed.connect(this._onLive, this);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._model = model;
    const { model_id } = model.data[MIME_TYPE] as { model_id?: string };
    if (model_id !== this._id) {
      this._id = model_id ?? '';
      await this._show();
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._live.changed.disconnect(this._onLive, this);
      this._widget?.snapshotChanged.disconnect(this._save, this);
      super.dispose();
    }
  }

  private _onLive(_: LiveWidgets, id: string): void {
    if (id === this._id) {
      void this._show();
    }
  }

  private async _show(): Promise<void> {
    this._widget?.snapshotChanged.disconnect(this._save, this);
    const widget = this._live.get(this._id);
    this._widget = widget;
    const view = widget ? await widget.createView() : await this._staticView();
    if (this.isDisposed || this._widget !== widget) {
      view.dispose();
      return;
    }
    for (const old of [...this.widgets]) {
      old.dispose();
    }
    this.addWidget(view);
    widget?.snapshotChanged.connect(this._save, this);
    this._save();
  }

  private async _staticView(): Promise<Widget> {
    const panel = new Panel();
    const html = this._newStatic();
    if (html && this._model) {
      await html.renderModel(this._model);
      panel.addWidget(html);
    }
    const note = new Widget();
    note.addClass('jp-smext-Output-note');
    note.node.textContent = this._trans.__(
      'This is what the widget showed last. Run the cell again to have it live.'
    );
    panel.addWidget(note);
    return panel;
  }

  private _save(): void {
    const { _model: model, _widget: widget } = this;
    if (!model || !widget) {
      return;
    }
    const { snapshot } = widget;
    if (Object.entries(snapshot).some(([type, text]) => model.data[type] !== text)) {
      model.setData({ data: { ...model.data, ...snapshot } });
    }
  }

  private _model: IRenderMime.IMimeModel | null = null;
  private _widget: ILiveWidget | null = null;
  private _id = '';
}
