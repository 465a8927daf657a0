import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import type * as React from 'react';
import { flushSync } from 'react-dom';

/**
 * The React body of a dialog whose field or button takes the keyboard at once.
 *
 * With any other React body, JupyterLab gives the keyboard to the dialog in an idle moment only. A busy page has none
 * for seconds, and what is typed until then goes to what lies behind the dialog.
 */
export abstract class DialogBody extends ReactWidget {
  protected onAfterAttach(msg: Message): void {
    flushSync(() => super.onAfterAttach(msg));
    // The fields are there: nothing is left for the dialog to wait for.
    this.renderPromise = undefined;
    // A dialog looks at the validity of its fields when one of them changes: let it look as soon as it is there itself.
    queueMicrotask(() => this.node.dispatchEvent(new Event('input', { bubbles: true })));
  }
}

/** React elements as the body of a dialog. */
export function dialogBody(content: React.ReactElement): DialogBody {
  return new (class extends DialogBody {
    protected render(): React.ReactElement {
      return content;
    }
  })();
}
