import type { TranslationBundle } from '@jupyterlab/translation';
import { closeIcon, refreshIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Task } from '../api/types';
import { titleOf } from '../common/errorView';
import { formatDuration, formatNumber, formatSize } from '../common/format';
import { Status, taskStatus } from '../common/status';
import { isFinal } from './model';

export interface ITaskListProps {
  tasks: readonly Task[];
  onCancel(id: string): void;
  /** Where it is left out, no task can be started again from here. */
  onRetry?(id: string): void;
  trans: TranslationBundle;
}

/** Tasks with their progress, a button that ends them, and one that starts them again. */
export function TaskList(props: ITaskListProps): React.ReactElement {
  const { trans } = props;
  return (
    <ul className="jp-smext-TaskList" aria-label={trans.__('Transfers and other long operations')}>
      {props.tasks.map(task => (
        <TaskItem key={task.id} {...props} task={task} />
      ))}
    </ul>
  );
}

function TaskItem(props: Omit<ITaskListProps, 'tasks'> & { task: Task }): React.ReactElement {
  const { task, onRetry, trans } = props;
  const [cancelling, setCancelling] = React.useState(false);
  const final = isFinal(task);
  return (
    <li className="jp-smext-Task" data-kind={task.kind} data-state={task.state}>
      <div className="jp-smext-Task-title" title={task.title}>
        <bdi>{task.title}</bdi>
      </div>
      {!final && task.cancellable && (
        <button
          type="button"
          className="jp-smext-IconButton"
          title={trans.__('Cancel')}
          aria-label={trans.__('Cancel %1', task.title)}
          disabled={cancelling}
          onClick={() => {
            setCancelling(true);
            props.onCancel(task.id);
          }}
        >
          <closeIcon.react tag="span" aria-hidden="true" />
        </button>
      )}
      {final && task.repeatable && task.state !== 'succeeded' && onRetry && (
        <button
          type="button"
          className="jp-smext-IconButton"
          title={trans.__('Try again')}
          aria-label={trans.__('Try again: %1', task.title)}
          onClick={() => onRetry(task.id)}
        >
          <refreshIcon.react tag="span" aria-hidden="true" />
        </button>
      )}
      {!final && <TaskProgress task={task} />}
      <div className="jp-smext-Task-line">
        {task.state === 'running' ? (
          <span>{cancelling ? trans.__('Cancelling…') : progressWords(task, trans)}</span>
        ) : (
          <Status {...taskStatus(task.state, trans)} />
        )}
        {task.state === 'running' && task.message && <span role="status">{task.message}</span>}
        {task.error && (
          <span className="jp-smext-Task-error" title={task.error.message}>
            {titleOf(task.error.code, trans)}: {task.error.message}
          </span>
        )}
      </div>
    </li>
  );
}

function TaskProgress(props: { task: Task }): React.ReactElement {
  const { task } = props;
  const share = shareOf(task);
  return (
    <div
      className="jp-smext-ProgressBar"
      role="progressbar"
      aria-label={task.title}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      data-unknown={share === null || undefined}
    >
      <div style={{ width: `${(share ?? 0.3) * 100}%` }} />
    </div>
  );
}

/** How much of a task is done, 0 to 1; null where nobody knows. */
export function shareOf(task: Task): number | null {
  return task.total ? Math.min(1, task.done / task.total) : null;
}

/** How far a running task is, how fast, and how long it will take at this speed. */
export function progressWords(task: Task, trans: TranslationBundle): string {
  const say = (amount: number): string => amountWords(amount, task.unit, trans);
  const words = [
    task.total ? trans.__('%1 of %2', say(task.done), say(task.total)) : say(task.done)
  ];
  const seconds = task.updated - task.created;
  if (seconds >= 1 && task.done > 0 && task.unit === 'bytes') {
    const rate = task.done / seconds;
    words.push(trans.__('%1/s', formatSize(rate)));
    if (task.total && task.done < task.total) {
      words.push(trans.__('%1 left', formatDuration((task.total - task.done) / rate)));
    }
  }
  return words.join(' · ');
}

function amountWords(amount: number, unit: string, trans: TranslationBundle): string {
  switch (unit) {
    case 'bytes':
      return formatSize(amount);
    case 'seconds':
      return formatDuration(amount);
    case 'objects':
      return trans._n('%2 object', '%2 objects', amount, formatNumber(amount));
    default:
      return `${formatNumber(amount)} ${unit}`;
  }
}
