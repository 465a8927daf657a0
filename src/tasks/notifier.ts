import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Task } from '../api/types';
import { titleOf } from '../common/errorView';
import type { ITasks } from '../tokens';
import type { TasksModel } from './model';
import { retry } from './retry';

/** Seconds that a task takes at least before its success is worth a notification. */
const LONG = 15;
/** JupyterLab cuts longer messages itself, but in the middle of a word. */
const LONGEST_MESSAGE = 140;

/** Tells the end of tasks: every failure, and the success of long ones. Who follows a task tells it himself. */
export class TasksNotifier {
  constructor(
    private readonly _model: TasksModel,
    private readonly _trans: TranslationBundle
  ) {
    _model.finished.connect(this._onFinished, this);
  }

  private _onFinished(_: ITasks, task: Task): void {
    const trans = this._trans;
    if (this._model.isFollowed(task.id)) {
      return;
    }
    if (task.state === 'failed') {
      const reason = task.error ? titleOf(task.error.code, trans) : trans.__('Failed');
      Notification.error(shorten(trans.__('%1: %2', reason, task.title)), {
        autoClose: false,
        actions: task.repeatable
          ? [
              {
                label: trans.__('Try again'),
                callback: () => void retry(task.id, this._model, trans)
              }
            ]
          : []
      });
    } else if (task.state === 'succeeded' && task.updated - task.created >= LONG) {
      Notification.success(shorten(trans.__('Done: %1', task.title)), { autoClose: 5000 });
    }
  }
}

function shorten(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE - 1)}…` : message;
}
