import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ISmext } from '../../tokens';
import { helpRenderers } from './renderer';

export const notebookHelpPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-smext:notebook-help',
  description: 'Shows the help that a kernel writes below the traceback of an AWS error.',
  autoStart: true,
  requires: [IRenderMimeRegistry],
  optional: [ISmext, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    rendermime: IRenderMimeRegistry,
    smext: ISmext | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    // Before HTML, which is there for wherever this panel is not.
    rendermime.addFactory(helpRenderers({ commands: app.commands, smext, trans }), 0);
  }
};
