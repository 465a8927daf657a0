import type { JupyterFrontEnd } from '@jupyterlab/application';

/** Give the keyboard back to one of our lists when the context menu that was opened on it closes. */
export function returnFocusFromMenu(contextMenu: JupyterFrontEnd['contextMenu']): void {
  let list: HTMLElement | null = null;
  document.addEventListener(
    'contextmenu',
    event => {
      list = (event.target as Element).closest<HTMLElement>('.jp-smext-Listing-grid');
    },
    true
  );
  contextMenu.menu.aboutToClose.connect(() => {
    const target = list;
    list = null;
    // The menu is still focused now; a command of it may move the focus elsewhere.
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) {
        target?.focus();
      }
    });
  });
}
