import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { DialogBody } from '../common/dialogBody';

/** Ask for the name of a bucket that is to be deleted. Answers whether to empty it first, or null for no deletion. */
export async function confirmBucketDeletion(
  name: string,
  trans: TranslationBundle
): Promise<{ empty: boolean } | null> {
  let problem = false;
  for (;;) {
    const { button, value } = await showDialog({
      title: trans.__('Delete the bucket %1?', name),
      body: new ConfirmForm(name, problem, trans),
      buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
      focusNodeSelector: 'input[type="text"]',
      defaultButton: 0
    });
    if (!button.accept || !value) {
      return null;
    }
    if (value.typed === name) {
      return { empty: value.empty };
    }
    problem = true;
  }
}

interface IAnswer {
  typed: string;
  empty: boolean;
}

class ConfirmForm extends DialogBody implements Dialog.IBodyWidget<IAnswer> {
  constructor(
    private readonly _bucket: string,
    private readonly _problem: boolean,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-smext-NameForm');
  }

  getValue(): IAnswer {
    return this._answer;
  }

  protected render(): React.ReactElement {
    const trans = this._trans;
    return (
      <>
        <label>
          {trans.__('Type the name of the bucket: %1', this._bucket)}
          <input
            type="text"
            className="jp-mod-styled"
            spellCheck={false}
            autoComplete="off"
            onChange={event => (this._answer.typed = event.target.value)}
          />
        </label>
        {this._problem && <p role="alert">{trans.__('That was not its name.')}</p>}
        <p>
          <label>
            <input
              type="checkbox"
              onChange={event => (this._answer.empty = event.target.checked)}
            />
            {trans.__('Delete everything in it first: all objects and all their versions')}
          </label>
        </p>
        <p>{trans.__('A bucket that is not empty is refused. None of this can be undone.')}</p>
      </>
    );
  }

  private readonly _answer: IAnswer = { typed: '', empty: false };
}
