import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IStatusBar } from '@jupyterlab/statusbar';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { Task } from '../api/types';
import { noArguments } from '../common/noArguments';
import { ISmext, ITasks } from '../tokens';
import { isFinal, TasksModel } from './model';
import { TasksNotifier } from './notifier';
import { TasksService } from './service';
import { TasksStatusItem } from './statusItem';

const SHOW = 'smext:show-tasks';

export const tasksPlugin: JupyterFrontEndPlugin<ITasks> = {
  id: 'jupyter-smext:tasks',
  description:
    'Follows the long operations of the SageMaker server extension and shows them in the status bar.',
  autoStart: true,
  provides: ITasks,
  requires: [ISmext],
  optional: [IStatusBar, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    smext: ISmext,
    statusBar: IStatusBar | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ): ITasks => {
    const trans = (translator ?? nullTranslator).load('jupyter_smext');
    const model = new TasksModel(smext, new TasksService(smext.api));
    new TasksNotifier(model, trans);
    if (!statusBar) {
      return model;
    }

    const item = new TasksStatusItem(model, trans);
    statusBar.registerStatusItem('jupyter-smext:tasks', {
      item,
      align: 'left',
      rank: 20,
      isActive: () => model.tasks.some(needsAttention),
      activeStateChanged: model.changed
    });
    app.commands.addCommand(SHOW, {
      label: trans.__('Show Transfers and Other Long Operations'),
      caption: trans.__('List what the SageMaker server extension is doing, with progress'),
      isEnabled: () => model.tasks.some(needsAttention),
      describedBy: noArguments,
      execute: () => item.toggle()
    });
    model.changed.connect(() => app.commands.notifyCommandChanged(SHOW));
    palette?.addItem({ command: SHOW, category: trans.__('Amazon SageMaker') });
    return model;
  }
};

/** What runs, and what failed until somebody clears it. */
function needsAttention(task: Task): boolean {
  return !isFinal(task) || task.state === 'failed';
}
