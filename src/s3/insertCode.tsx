import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import { DialogBody } from '../common/dialogBody';
import { type ISnippet, snippetsFor } from './snippets';
import { type ITarget, targetUri } from './target';

/** What was chosen last; the next dialog begins with it. */
let lastId = '';

/** Ask how something in S3 is to be read. Answers the code and what to do with it, or null. */
export async function chooseCode(
  target: ITarget,
  canInsert: boolean,
  trans: TranslationBundle
): Promise<{ code: string; insert: boolean } | null> {
  const snippets = snippetsFor(target);
  const body = new SnippetForm(snippets, trans);
  const { button, value } = await showDialog({
    title: trans.__('Code for %1', targetUri(target)),
    body,
    buttons: [
      Dialog.cancelButton(),
      ...(canInsert
        ? [
            Dialog.createButton({ label: trans.__('Copy'), accept: true, actions: ['copy'] }),
            Dialog.okButton({ label: trans.__('Insert at the Cursor'), actions: ['insert'] })
          ]
        : [Dialog.okButton({ label: trans.__('Copy'), actions: ['copy'] })])
    ]
  });
  if (!button.accept || !value) {
    return null;
  }
  lastId = value.id;
  return { code: value.code, insert: button.actions.includes('insert') };
}

class SnippetForm extends DialogBody implements Dialog.IBodyWidget<ISnippet> {
  constructor(
    private readonly _snippets: readonly ISnippet[],
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-smext-SnippetForm');
    this._chosen = _snippets.find(each => each.id === lastId) ?? _snippets[0];
  }

  getValue(): ISnippet {
    return this._chosen;
  }

  protected render(): React.ReactElement {
    return (
      <>
        <label>
          {this._trans.__('Library')}
          <HTMLSelect
            value={this._chosen.id}
            onChange={event => {
              this._chosen =
                this._snippets.find(each => each.id === event.target.value) ?? this._chosen;
              this.update();
            }}
          >
            {this._snippets.map(({ id, library }) => (
              <option key={id} value={id}>
                {library}
              </option>
            ))}
          </HTMLSelect>
        </label>
        <pre tabIndex={0}>{this._chosen.code}</pre>
      </>
    );
  }

  private _chosen: ISnippet;
}
