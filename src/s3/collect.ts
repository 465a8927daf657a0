import type { Task } from '../api/types';
import type { ITasks } from '../tokens';

/** Milliseconds between two looks at what a task has found. */
const PAUSE = 300;

/** What a look at the results found. */
export interface ILook {
  /** All that is there by now was taken. */
  readonly caughtUp: boolean;
  /** Nothing will be added. */
  readonly complete: boolean;
}

/**
 * Take what a task finds while it runs: `look` is called until it has taken everything.
 *
 * Answers the finished task. Throws what `look` throws.
 */
export async function collect(
  id: string,
  tasks: ITasks,
  look: () => Promise<ILook>
): Promise<Task> {
  let ended = false;
  const end = tasks.follow(id).finally(() => (ended = true));
  // It is awaited below; until then nobody would catch it.
  end.catch(() => undefined);
  for (;;) {
    const wasEnded = ended;
    const { caughtUp, complete } = await look();
    if (!caughtUp) {
      continue;
    }
    if (wasEnded || complete) {
      return end;
    }
    await new Promise(resolve => window.setTimeout(resolve, PAUSE));
  }
}
