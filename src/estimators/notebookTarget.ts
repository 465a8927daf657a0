import type { INotebookTracker } from '@jupyterlab/notebook';
import type { ISignal } from '@lumino/signaling';

/** The notebook that code can be added to. */
export interface INotebookTarget {
  /** Emitted when another notebook is the one that was used last. */
  readonly changed: ISignal<unknown, unknown>;
  /** The name of the notebook; null: none is open. */
  readonly name: string | null;
  /** Put code into a new cell below the active one, and show it. */
  addCell(code: string): Promise<void>;
}

/** The notebook that was used last. */
export function notebookTarget(
  tracker: INotebookTracker,
  show: (id: string) => void
): INotebookTarget {
  return {
    changed: tracker.currentChanged,
    get name() {
      return tracker.currentWidget?.title.label ?? null;
    },
    async addCell(code) {
      const panel = tracker.currentWidget;
      if (!panel) {
        return;
      }
      const { NotebookActions } = await import('@jupyterlab/notebook');
      await panel.context.ready;
      NotebookActions.insertBelow(panel.content);
      panel.content.activeCell?.model.sharedModel.setSource(code);
      show(panel.id);
    }
  };
}
