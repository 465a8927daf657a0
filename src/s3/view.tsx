import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Task } from '../api/types';
import { isFinal } from '../tasks/model';
import { TaskList } from '../tasks/view';
import type { ITasks } from '../tokens';
import { type IS3ListProps, S3List } from './list';
import { uriOf } from './location';

export interface IS3ViewProps extends IS3ListProps {
  tasks: ITasks;
  /** Files of the file browser are held over it. */
  dropping: boolean;
  onDrop(transfer: DataTransfer): void;
}

/** The S3 browser: path, filter, rows, and the transfers under way. The same in the sidebar and in the main area. */
export function S3View(props: IS3ViewProps): React.ReactElement {
  const { model } = props;
  return <UseSignal signal={model.changed}>{() => <Browser {...props} />}</UseSignal>;
}

function Browser(props: IS3ViewProps): React.ReactElement {
  const { trans } = props;
  const { location } = props.model;
  const [isOver, setIsOver] = React.useState(false);

  const takesFiles = (event: React.DragEvent): boolean =>
    location !== null && event.dataTransfer.types.includes('Files');

  return (
    <div
      className="jp-smext-S3-body"
      data-drop={isOver || undefined}
      onDragOver={event => {
        if (takesFiles(event)) {
          event.preventDefault();
          event.dataTransfer.dropEffect = 'copy';
          setIsOver(true);
        }
      }}
      onDragLeave={event => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) {
          setIsOver(false);
        }
      }}
      onDrop={event => {
        setIsOver(false);
        if (takesFiles(event)) {
          event.preventDefault();
          props.onDrop(event.dataTransfer);
        }
      }}
    >
      <S3List {...props} />
      <Transfers tasks={props.tasks} trans={trans} />
      {(isOver || props.dropping) && location && (
        <div className="jp-smext-S3-dropHint" aria-hidden="true">
          {trans.__('Drop to copy to %1', uriOf(location))}
        </div>
      )}
    </div>
  );
}

function Transfers(props: { tasks: ITasks; trans: TranslationBundle }): React.ReactElement {
  const { tasks, trans } = props;
  return (
    <UseSignal signal={tasks.changed}>
      {() => {
        const active = tasks.tasks.filter(isTransfer);
        return active.length === 0 ? null : (
          <div className="jp-smext-S3-transfers">
            <TaskList tasks={active} onCancel={id => void tasks.cancel(id)} trans={trans} />
          </div>
        );
      }}
    </UseSignal>
  );
}

/** Kinds of tasks that move or remove objects; searches show their progress themselves. */
const TRANSFERS = ['s3.upload', 's3.download', 's3.copy', 's3.move', 's3.delete'];

function isTransfer(task: Task): boolean {
  return TRANSFERS.includes(task.kind) && !isFinal(task);
}
