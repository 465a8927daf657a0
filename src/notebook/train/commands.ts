import { Notification, showErrorMessage } from '@jupyterlab/apputils';
import type { CodeCell } from '@jupyterlab/cells';
import { PathExt } from '@jupyterlab/coreutils';
import type { DocumentRegistry, IDocumentWidget } from '@jupyterlab/docregistry';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { type Contents, ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import { noArguments } from '../../common/noArguments';
import { CommandIDs as EstimatorCommands } from '../../estimators/commands';
import { estimatorIcon } from '../../estimators/icon';
import type { EstimatorsService } from '../../estimators/service';

export const CommandIDs = {
  notebook: 'smext:train-notebook',
  cell: 'smext:train-cell',
  file: 'smext:train-file'
} as const;

export interface ICommandsOptions {
  commands: CommandRegistry;
  contents: Contents.IManager;
  service: EstimatorsService;
  trans: TranslationBundle;
  /** The notebook used last; null: none is open. */
  notebook: () => NotebookPanel | null;
  /** The document in front; null: there is none. */
  document: () => IDocumentWidget | null;
}

/** Open the Estimator form on what a person looks at. */
export function addCommands(options: ICommandsOptions): void {
  const { commands, contents, service, trans } = options;
  // It makes the form's document; it is there unless the estimators plugin is switched off.
  const isVisible = () => commands.hasCommand(EstimatorCommands.train);
  const train = async (path: string, context: DocumentRegistry.Context | null) => {
    // The job takes the file as it is on disk.
    if (context?.model.dirty) {
      await context.save();
    }
    await commands.execute(EstimatorCommands.train, { path });
  };
  const python = () => {
    const panel = options.notebook();
    return panel && isPython(panel) ? panel : null;
  };
  const script = () => {
    const document = options.document();
    return document && PathExt.extname(document.context.path) === '.py' ? document : null;
  };

  commands.addCommand(CommandIDs.notebook, {
    label: trans.__('Train This Notebook on SageMaker'),
    caption: trans.__('Open an Estimator that trains with this notebook'),
    icon: estimatorIcon,
    describedBy: noArguments,
    isVisible,
    isEnabled: () => python() !== null,
    execute: async () => {
      const panel = python();
      if (panel) {
        await train(panel.context.path, panel.context);
      }
    }
  });
  commands.addCommand(CommandIDs.cell, {
    label: trans.__('Train Selected Cells on SageMaker'),
    caption: trans.__(
      'Write the selected cells to a script, and open an Estimator that trains with it'
    ),
    icon: estimatorIcon,
    describedBy: noArguments,
    isVisible,
    isEnabled: () => python() !== null,
    execute: async () => {
      const panel = python();
      if (!panel) {
        return;
      }
      const { path } = panel.context;
      const cells = selectedCode(panel);
      if (!cells.some(cell => cell.trim())) {
        await showErrorMessage(
          trans.__('There is nothing to train with'),
          trans.__('Select cells that hold code.')
        );
        return;
      }
      const { text, left_out } = await service.script(cells, `cells of ${PathExt.basename(path)}`);
      const stem = PathExt.basename(path, PathExt.extname(path));
      const written = await writeNew(contents, PathExt.dirname(path), `${stem}-cells`, text);
      Notification.info(
        left_out.length > 0
          ? trans.__(
              'The selected cells are in %1. Comments in it, because no job understands them: %2',
              written,
              left_out.join(' · ')
            )
          : trans.__(
              'The selected cells are in %1. What they take from other cells is not.',
              written
            )
      );
      await train(written, null);
    }
  });
  commands.addCommand(CommandIDs.file, {
    label: trans.__('Train This File on SageMaker'),
    caption: trans.__('Open an Estimator that trains with this Python file'),
    icon: estimatorIcon,
    describedBy: noArguments,
    isVisible,
    isEnabled: () => script() !== null,
    execute: async () => {
      const document = script();
      if (document) {
        await train(document.context.path, document.context);
      }
    }
  });
}

/** Write a Python file under a name that is free: beside others of that name, with a number. */
async function writeNew(
  contents: Contents.IManager,
  folder: string,
  stem: string,
  content: string
): Promise<string> {
  const untitled = await contents.newUntitled({ path: folder, type: 'file', ext: '.py' });
  await contents.save(untitled.path, { type: 'file', format: 'text', content });
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${stem}.py` : `${stem}-${number}.py`;
    try {
      // The server renames over nothing, so that no file of a person is lost.
      return (await contents.rename(untitled.path, PathExt.join(folder, name))).path;
    } catch (reason) {
      const taken =
        reason instanceof ServerConnection.ResponseError && reason.response.status === 409;
      if (!taken) {
        throw reason;
      }
    }
  }
}

function selectedCode({ content }: NotebookPanel): string[] {
  return content.widgets
    .filter(cell => content.isSelectedOrActive(cell))
    .filter((cell): cell is CodeCell => cell.model.type === 'code')
    .map(cell => cell.model.sharedModel.getSource());
}

/** A notebook that names no language yet is taken for one of Python. */
function isPython({ model }: NotebookPanel): boolean {
  const kernel = model?.getMetadata('kernelspec') as { language?: string } | undefined;
  const language = model?.getMetadata('language_info') as { name?: string } | undefined;
  return (language?.name || kernel?.language || 'python') === 'python';
}
