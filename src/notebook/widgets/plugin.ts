import type * as WidgetBase from '@jupyter-widgets/base';
import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { VERSION } from '../../core/handshake';
import { ISmext, PACKAGE } from '../../tokens';
import type { IWidgetContext } from './content';
import { LiveWidgets } from './liveWidgets';
import { addOutputRenderer } from './output';

export const widgetsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-smext:widgets',
  description: 'Shows the widgets of jupyter_smext in notebooks, and what they showed last.',
  autoStart: true,
  requires: [ISmext, IRenderMimeRegistry],
  optional: [ITranslator],
  activate: async (
    app: JupyterFrontEnd,
    smext: ISmext,
    rendermime: IRenderMimeRegistry,
    translator: ITranslator | null
  ): Promise<void> => {
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    const { commands, docRegistry } = app;
    const live = new LiveWidgets();
    addOutputRenderer(rendermime, { smext, live, trans });
    live.canLive = await register(app, { smext, commands, docRegistry, live, trans });
  }
};

/**
 * Give our widgets to the widget manager; answers whether there is one.
 *
 * Its package is shared, not bundled: importing it at the top of any file would take the whole panel down with it where
 * the Jupyter server has no `jupyterlab_widgets`. It is waited for, because notebooks that are opened meanwhile would not
 * find our widgets; where it is installed it has been loaded anyway.
 */
async function register(app: JupyterFrontEnd, context: IWidgetContext): Promise<boolean> {
  let base: typeof WidgetBase;
  try {
    base = await import('@jupyter-widgets/base');
  } catch {
    return false;
  }
  const registry = await app.resolveOptionalService(base.IJupyterWidgetRegistry);
  registry?.registerWidget({
    name: PACKAGE,
    version: VERSION,
    exports: async () => (await import('./module')).widgetClasses(context)
  });
  return registry !== null;
}
