import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import { ReactWidget } from '@jupyterlab/ui-components';
import * as React from 'react';
import { type IHelp, MIME_TYPE, readHelp } from './help';
import { HelpView, type IHelpViewProps } from './view';

export type IHelpContext = Omit<IHelpViewProps, 'help'>;

/** What shows the help in the outputs of a cell. */
export function helpRenderers(context: IHelpContext): IRenderMime.IRendererFactory {
  return {
    // It shows texts only, whoever wrote them.
    safe: true,
    mimeTypes: [MIME_TYPE],
    createRenderer: () => new HelpRenderer(context)
  };
}

class HelpRenderer extends ReactWidget implements IRenderMime.IRenderer {
  constructor(private readonly _context: IHelpContext) {
    super();
  }

  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    this._help = readHelp(model.data[MIME_TYPE]);
    this.update();
    await this.renderPromise;
  }

  protected render(): React.ReactElement {
    const { trans } = this._context;
    return this._help ? (
      <HelpView help={this._help} {...this._context} />
    ) : (
      <p>{trans.__('This help is not one that the installed version can show.')}</p>
    );
  }

  private _help: IHelp | null = null;
}
