import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';

/** Milliseconds that a message stays on the page; the list of notifications keeps it. */
const SHOWN = 5_000;
const SHOWN_IF_FAILED = 15_000;

/** Tell that something that was on its way has come to rest. */
export function tellSettled(options: {
  message: string;
  failed: boolean;
  /** Nobody here asked for it: it goes to the list of notifications only. */
  ofOthers?: boolean;
  onOpen: () => void;
  trans: TranslationBundle;
}): void {
  const { message, failed, ofOthers, onOpen, trans } = options;
  Notification.emit(message, failed ? 'error' : 'success', {
    autoClose: ofOthers ? 0 : failed ? SHOWN_IF_FAILED : SHOWN,
    actions: [{ label: trans.__('Open'), callback: onOpen }]
  });
}
