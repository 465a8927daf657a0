import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { LoadingView } from '../common/stateView';
import type { ITasks } from '../tokens';
import { TaskList } from './view';

/** One task under way, with its progress and a button that ends it. */
export function RunningTask(props: {
  /** Null as long as the server has not begun. */
  id: string | null;
  tasks: ITasks;
  trans: TranslationBundle;
}): React.ReactElement {
  const { id, tasks, trans } = props;
  return (
    <UseSignal signal={tasks.changed}>
      {() => {
        const running = tasks.tasks.filter(each => each.id === id);
        return running.length > 0 ? (
          <TaskList tasks={running} onCancel={each => void tasks.cancel(each)} trans={trans} />
        ) : (
          <LoadingView trans={trans} />
        );
      }}
    </UseSignal>
  );
}
