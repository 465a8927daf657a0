import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { DocumentWidget, type IDocumentWidget } from '@jupyterlab/docregistry';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { EstimatorsService } from '../../estimators/service';
import { ISmext } from '../../tokens';
import { addCommands, CommandIDs } from './commands';
import { fileButton, notebookButton } from './toolbar';

/** The name of both items in the toolbar settings. */
const ITEM = 'smext-train';

export const notebookTrainPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter-smext:notebook-train',
  description: 'Trains with the notebook, the cells or the file that a person looks at.',
  autoStart: true,
  requires: [ISmext],
  optional: [INotebookTracker, IToolbarWidgetRegistry, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    smext: ISmext,
    notebooks: INotebookTracker | null,
    toolbars: IToolbarWidgetRegistry | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    const { commands, serviceManager, shell } = app;
    addCommands({
      commands,
      contents: serviceManager.contents,
      service: new EstimatorsService(smext.api),
      trans,
      notebook: () => notebooks?.currentWidget ?? null,
      document: () => (shell.currentWidget instanceof DocumentWidget ? shell.currentWidget : null)
    });
    for (const command of Object.values(CommandIDs)) {
      palette?.addItem({ command, category: trans.__('SageMaker') });
    }
    // Where they stand is in this plugin's settings, in which a person can also take them away.
    toolbars?.addFactory('Notebook', ITEM, () => notebookButton(commands, trans));
    toolbars?.addFactory<IDocumentWidget>('Editor', ITEM, document =>
      fileButton(commands, document)
    );
  }
};
