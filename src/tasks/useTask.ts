import * as React from 'react';
import { SmextError } from '../api/client';
import type { Task } from '../api/types';
import type { ITasks } from '../tokens';

export type TaskRun<T> =
  | { readonly state: 'idle' }
  /** `id` is null as long as the server has not begun. */
  | { readonly state: 'running'; readonly id: string | null }
  | { readonly state: 'done'; readonly id: string; readonly result: T }
  | { readonly state: 'failed'; readonly error: SmextError };

/**
 * Start tasks of one kind from a view, one at a time, and follow them to their result.
 *
 * When the view goes, a task that only served it is cancelled; one that `survives` goes on, and its end is notified.
 */
export function useTask<T>(
  tasks: ITasks,
  survives = false
): {
  run: TaskRun<T>;
  start(begin: () => Promise<Task>): Promise<void>;
  reset(): void;
} {
  const [run, setRun] = React.useState<TaskRun<T>>({ state: 'idle' });
  const latest = React.useRef(0);
  const running = React.useRef<string | null>(null);

  const following = React.useRef(new AbortController());

  const giveUp = React.useCallback(() => {
    latest.current += 1;
    following.current.abort();
    following.current = new AbortController();
    if (running.current && !survives) {
      void tasks.cancel(running.current);
    }
    running.current = null;
  }, [tasks, survives]);
  React.useEffect(() => giveUp, [giveUp]);

  const start = React.useCallback(
    async (begin: () => Promise<Task>) => {
      giveUp();
      const mine = latest.current;
      setRun({ state: 'running', id: null });
      try {
        const { id } = await begin();
        if (mine !== latest.current) {
          return survives ? undefined : void tasks.cancel(id);
        }
        running.current = id;
        setRun({ state: 'running', id });
        const { error, result, state, title } = await tasks.follow(id, following.current.signal);
        if (mine !== latest.current) {
          return;
        }
        running.current = null;
        if (state !== 'succeeded') {
          throw new SmextError(error ?? { code: 'Cancelled', message: title, retryable: true }, 0);
        }
        setRun({ state: 'done', id, result: result as T });
      } catch (reason) {
        if (mine === latest.current) {
          running.current = null;
          setRun({ state: 'failed', error: SmextError.from(reason) });
        }
      }
    },
    [tasks, survives, giveUp]
  );

  const reset = React.useCallback(() => {
    giveUp();
    setRun({ state: 'idle' });
  }, [giveUp]);

  return { run, start, reset };
}
