import { Dialog } from '@jupyterlab/apputils';
import * as React from 'react';
import { DialogBody } from '../dialogBody';

class NameBody extends DialogBody implements Dialog.IBodyWidget<string> {
  getValue(): string {
    return this.node.querySelector('input')?.value ?? '';
  }

  protected render(): React.ReactElement {
    return <input pattern="right" required />;
  }
}

/** Open a dialog in a page that has no idle moment. */
function open(): { dialog: Dialog<string>; value: Promise<string | null> } {
  window.requestIdleCallback = () => 0;
  const dialog = new Dialog({
    body: new NameBody(),
    buttons: [Dialog.cancelButton(), Dialog.okButton()],
    focusNodeSelector: 'input'
  });
  return { dialog, value: dialog.launch().then(({ value }) => value) };
}

describe('DialogBody', () => {
  const idle = window.requestIdleCallback;

  afterEach(() => {
    window.requestIdleCallback = idle;
  });

  it('gives the keyboard to its field without an idle moment', async () => {
    const { dialog } = open();
    await dialog.ready;
    expect(document.activeElement).toBe(dialog.node.querySelector('input'));
    dialog.reject();
  });

  it('lets nobody accept what its fields refuse', async () => {
    const { dialog, value } = open();
    await dialog.ready;
    const input = dialog.node.querySelector('input')!;
    const ok = dialog.node.querySelector<HTMLButtonElement>('.jp-mod-accept')!;
    expect(ok.disabled).toBe(true);
    input.value = 'right';
    input.dispatchEvent(new Event('input', { bubbles: true }));
    expect(ok.disabled).toBe(false);
    dialog.resolve();
    expect(await value).toBe('right');
  });
});
