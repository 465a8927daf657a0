import type { FileBrowser } from '@jupyterlab/filebrowser';
import { MimeData } from '@lumino/coreutils';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Drag } from '@lumino/dragdrop';
import type { ITarget } from './target';

/** What a drag of S3 rows carries: a function that answers its targets. */
const S3_MIME = 'application/x-jupyter-smext-s3';
/** Pixels that the pointer moves before a press becomes a drag. */
const THRESHOLD = 5;
const ROW = '.jp-smext-Listing-row';
const DROP_TARGET = 'jp-mod-dropTarget';

/** Let the rows below `node` be dragged. `targets` answers the selection; it is asked when a drag begins. */
export function dragRows(node: HTMLElement, targets: () => readonly ITarget[]): IDisposable {
  let press: PointerEvent | null = null;
  const onDown = (event: PointerEvent): void => {
    const isRow = (event.target as Element).closest(ROW) !== null;
    press = isRow && event.button === 0 && event.pointerType === 'mouse' ? event : null;
  };
  const onMove = (event: PointerEvent): void => {
    if (!press || (event.buttons & 1) === 0) {
      press = null;
      return;
    }
    const { clientX, clientY } = event;
    if (Math.hypot(clientX - press.clientX, clientY - press.clientY) < THRESHOLD) {
      return;
    }
    const row = (press.target as Element).closest<HTMLElement>(ROW);
    press = null;
    if (row?.getAttribute('aria-selected') === 'false') {
      // A click selects when it ends; a drag begins before.
      row.click();
    }
    const dragged = targets();
    if (!row || dragged.length === 0) {
      return;
    }
    const mimeData = new MimeData();
    mimeData.setData(S3_MIME, () => dragged);
    const drag = new Drag({
      mimeData,
      dragImage: imageOf(row, dragged.length),
      proposedAction: 'copy',
      supportedActions: 'copy',
      source: node
    });
    void drag.start(clientX, clientY).then(() => drag.dispose());
  };
  node.addEventListener('pointerdown', onDown);
  node.addEventListener('pointermove', onMove);
  return new DisposableDelegate(() => {
    node.removeEventListener('pointerdown', onDown);
    node.removeEventListener('pointermove', onMove);
  });
}

/** Let S3 rows be dropped on a file browser: on a folder, or on the list, which is the folder that is shown. */
export function takeRows(
  browser: FileBrowser,
  onDrop: (targets: readonly ITarget[], folder: string) => void
): void {
  const list = browser.node.querySelector<HTMLElement>('.jp-DirListing-content');
  if (!list) {
    return;
  }
  let marked: Element | null = null;
  const mark = (element: Element | null): void => {
    marked?.classList.remove(DROP_TARGET);
    element?.classList.add(DROP_TARGET);
    marked = element;
  };
  const onDrag = (event: Event): void => {
    const drag = event as Drag.Event;
    if (!drag.mimeData.hasData(S3_MIME)) {
      return;
    }
    // JupyterLab's own list would take it for files of its own.
    event.preventDefault();
    event.stopImmediatePropagation();
    const under = browser.modelForClick(drag);
    const folder = under?.type === 'directory' ? under.path : browser.model.path;
    switch (event.type) {
      case 'lm-dragenter':
      case 'lm-dragover':
        drag.dropAction = 'copy';
        mark(
          under?.type === 'directory'
            ? (event.target as Element).closest('.jp-DirListing-item')
            : null
        );
        break;
      case 'lm-dragleave':
        mark(null);
        break;
      case 'lm-drop':
        mark(null);
        drag.dropAction = 'copy';
        onDrop((drag.mimeData.getData(S3_MIME) as () => readonly ITarget[])(), folder);
        break;
    }
  };
  for (const type of ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop']) {
    // The browser's node lives as long as the browser, and these with it.
    list.addEventListener(type, onDrag, true);
  }
}

function imageOf(row: HTMLElement, count: number): HTMLElement {
  const image = document.createElement('div');
  image.className = 'jp-smext-DragImage';
  image.textContent = count > 1 ? String(count) : row.title;
  return image;
}
