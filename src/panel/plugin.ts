import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ISmext, ISmextPanel } from '../tokens';
import { sagemakerIcon } from './icon';
import { SmextPanel } from './panel';

const OPEN = 'smext:open-panel';

export const panelPlugin: JupyterFrontEndPlugin<ISmextPanel> = {
  id: 'jupyter-smext:panel',
  description: 'Provides the SageMaker panel in the left sidebar.',
  autoStart: true,
  provides: ISmextPanel,
  requires: [ISmext],
  optional: [ILayoutRestorer, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    smext: ISmext,
    restorer: ILayoutRestorer | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): ISmextPanel => {
    translator ??= nullTranslator;
    const trans = translator.load('jupyter_smext');
    const panel = new SmextPanel({
      smext,
      translator,
      activate: id => app.shell.activateById(id)
    });
    app.shell.add(panel, 'left', { rank: 300, type: 'Amazon SageMaker' });
    restorer?.add(panel, panel.id);

    app.commands.addCommand(OPEN, {
      label: trans.__('Open the Amazon SageMaker Panel'),
      caption: trans.__('Show S3, training jobs and endpoints in the sidebar'),
      icon: sagemakerIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            section: {
              type: 'string',
              description: trans.__('The section to open, for example s3')
            }
          }
        }
      },
      execute: args => {
        panel.reveal(String(args.section ?? ''));
      }
    });
    palette?.addItem({ command: OPEN, category: trans.__('Amazon SageMaker') });
    return panel;
  }
};
