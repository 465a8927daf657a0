import type { IDocumentWidget } from '@jupyterlab/docregistry';
import { PathExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { MenuSvg, ToolbarButton } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Widget } from '@lumino/widgets';
import { estimatorIcon } from '../../estimators/icon';
import { CommandIDs } from './commands';

/** The button of a notebook's toolbar: a menu of what can be trained with. */
export function notebookButton(commands: CommandRegistry, trans: TranslationBundle): Widget {
  const menu = new MenuSvg({ commands });
  menu.addItem({ command: CommandIDs.notebook });
  menu.addItem({ command: CommandIDs.cell });
  const button = new ToolbarButton({
    icon: estimatorIcon,
    label: trans.__('Train'),
    tooltip: trans.__('Train on SageMaker'),
    onClick: () => {
      const { left, bottom } = button.node.getBoundingClientRect();
      menu.open(left, bottom);
    }
  });
  button.disposed.connect(() => menu.dispose());
  return button;
}

/** The button of a text editor's toolbar, shown for Python files only. */
export function fileButton(commands: CommandRegistry, document: IDocumentWidget): Widget {
  // Not a button of the command: that would be as enabled as the document in front when it was made.
  const button = new ToolbarButton({
    icon: estimatorIcon,
    tooltip: commands.caption(CommandIDs.file),
    onClick: () => void commands.execute(CommandIDs.file)
  });
  const show = () =>
    button.setHidden(
      PathExt.extname(document.context.path) !== '.py' || !commands.isVisible(CommandIDs.file)
    );
  document.context.pathChanged.connect(show);
  button.disposed.connect(() => document.context.pathChanged.disconnect(show));
  show();
  return button;
}
