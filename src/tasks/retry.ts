import { showErrorMessage } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { SmextError } from '../api/client';
import type { ITasks } from '../tokens';

/** Start a task again, and say so where that is refused. */
export async function retry(id: string, tasks: ITasks, trans: TranslationBundle): Promise<void> {
  try {
    await tasks.retry(id);
  } catch (reason) {
    await showErrorMessage(trans.__('It was not started again'), SmextError.from(reason));
  }
}
