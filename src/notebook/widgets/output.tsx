import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Panel, type Widget } from '@lumino/widgets';
import * as React from 'react';
import { ErrorView } from '../../common/errorView';
import type { ISmext } from '../../tokens';
import type { ILiveWidget, LiveWidgets } from './liveWidgets';

/** What an output with a widget of ours carries, beside `text/html` and `text/plain` of its last state. */
export const MIME_TYPE = 'application/vnd.jupyter-smext.widget+json';

/** Before HTML, and before the widget manager's own views. */
const RANK = -20;

export interface IOutputContext {
  readonly smext: ISmext;
  readonly live: LiveWidgets;
  readonly trans: TranslationBundle;
}

/** Show outputs of our widgets: alive as long as a kernel keeps the widget, else as it was last. */
export function addOutputRenderer(
  rendermime: {
    getFactory(mimeType: string): IRenderMime.IRendererFactory | undefined;
    addFactory(factory: IRenderMime.IRendererFactory, rank?: number): void;
  },
  context: IOutputContext
): void {
  rendermime.addFactory(
    {
      // Nothing of the output itself is trusted: its HTML goes to the renderer of HTML.
      safe: true,
      mimeTypes: [MIME_TYPE],
      createRenderer: options =>
        new Output(context, () =>
          rendermime.getFactory('text/html')?.createRenderer({ ...options, mimeType: 'text/html' })
        )
    },
    RANK
  );
}

/** One output. What the widget shows is saved with it, so that the notebook can be read without a kernel. */
class Output extends Panel implements IRenderMime.IRenderer {
  constructor(
    private readonly _context: IOutputContext,
    private readonly _newStatic: () => IRenderMime.IRenderer | undefined
  ) {
    super();
    this.addClass('jp-smext-Output');
    _context.live.changed.connect(this._onLive, this);
    _context.smext.problemChanged.connect(this._onProblem, this);
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._model = model;
    const { model_id } = model.data[MIME_TYPE] as { model_id?: string };
    if (model_id !== this._id) {
      this._id = model_id ?? '';
      await this._show();
    } else {
      await this._static?.renderModel(model);
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this._context.live.changed.disconnect(this._onLive, this);
      this._context.smext.problemChanged.disconnect(this._onProblem, this);
      this._widget?.snapshotChanged.disconnect(this._save, this);
      super.dispose();
    }
  }

  private _onLive(_: LiveWidgets, id: string): void {
    if (id === this._id) {
      void this._show();
    }
  }

  private _onProblem(): void {
    if (this._widget && this._isLive !== (this._context.smext.problem === null)) {
      void this._show();
    }
  }

  private async _show(): Promise<void> {
    this._widget?.snapshotChanged.disconnect(this._save, this);
    const widget = this._context.live.get(this._id);
    this._widget = widget;
    // Views of the panel show nothing without its server part; the kernel can still read.
    const isLive = widget !== null && this._context.smext.problem === null;
    this._isLive = isLive;
    const html = isLive ? null : (this._newStatic() ?? null);
    const shown = isLive ? await widget.createView() : await this._staticView(html);
    if (this.isDisposed || this._widget !== widget || this._isLive !== isLive) {
      shown.dispose();
      return;
    }
    for (const old of [...this.widgets]) {
      old.dispose();
    }
    this._static = html;
    this.addWidget(shown);
    widget?.snapshotChanged.connect(this._save, this);
    this._save();
  }

  private async _staticView(html: IRenderMime.IRenderer | null): Promise<Widget> {
    const panel = new Panel();
    if (html && this._model) {
      await html.renderModel(this._model);
      panel.addWidget(html);
    }
    panel.addWidget(ReactWidget.create(<Note {...this._context} />));
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
  private _isLive = false;
  /** What shows the last state; null while the widget is alive. */
  private _static: IRenderMime.IRenderer | null = null;
  private _id = '';
}

/** Why the state above is the last one, and how to have the present one. */
function Note(props: IOutputContext): React.ReactElement {
  const { smext, live, trans } = props;
  const words = (): React.ReactElement => {
    if (!live.canLive) {
      return (
        <p>
          {trans.__(
            'This is what the widget showed last. It cannot be live: JupyterLab’s widget manager (jupyterlab_widgets) is not here. refresh() in Python, and showing the widget again, brings it up to date.'
          )}
        </p>
      );
    }
    return smext.problem ? (
      <>
        <p>
          {trans.__(
            'This is what the widget showed last. refresh() in Python brings it up to date through the kernel.'
          )}
        </p>
        <ErrorView error={smext.problem} onRetry={() => void smext.check()} trans={trans} />
      </>
    ) : (
      <p>{trans.__('This is what the widget showed last. Run the cell again to have it live.')}</p>
    );
  };
  return (
    <div className="jp-smext-Output-note">
      <UseSignal signal={live.canLiveChanged}>
        {() => <UseSignal signal={smext.problemChanged}>{words}</UseSignal>}
      </UseSignal>
    </div>
  );
}
