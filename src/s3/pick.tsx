import { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { ChosenField } from '../common/chosenField';
import { DialogBody } from '../common/dialogBody';
import type { IconOf } from './columns';
import { S3List } from './list';
import { uriOf } from './location';
import type { S3BrowserModel } from './model';
import { targetsOf, targetUri } from './target';

/**
 * Ask for a prefix, an object or a bucket. Answers its address, or null.
 *
 * What is selected is chosen; where nothing is, the place that is listed.
 */
export async function pick(options: {
  /** A browser of its own: it is disposed in the end. */
  model: S3BrowserModel;
  /** Where to begin; empty: at the buckets. */
  start: string;
  title: string;
  iconOf: IconOf;
  suggestions: () => readonly string[];
  trans: TranslationBundle;
}): Promise<string | null> {
  const { model, start, title, trans } = options;
  void model.openText(start).catch(() => model.open(null));
  const dialog: Dialog<string | null> = new Dialog({
    title,
    body: new Picker({ ...options, onOpenObject: () => dialog.resolve() }),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Choose') })],
    focusNodeSelector: '.jp-smext-Listing-grid'
  });
  const { button, value } = await dialog.launch();
  model.dispose();
  return button.accept ? value : null;
}

/** The address that would be chosen now; null at the list of buckets, with none selected. */
export function chosenUri(model: S3BrowserModel): string | null {
  const [target] = targetsOf(model.selected, model.location);
  return target ? targetUri(target) : model.location && uriOf(model.location);
}

class Picker extends DialogBody implements Dialog.IBodyWidget<string | null> {
  constructor(
    private readonly _options: {
      model: S3BrowserModel;
      iconOf: IconOf;
      suggestions: () => readonly string[];
      onOpenObject: () => void;
      trans: TranslationBundle;
    }
  ) {
    super();
    this.addClass('jp-smext-S3-picker');
  }

  getValue(): string | null {
    return chosenUri(this._options.model);
  }

  protected render(): React.ReactElement {
    const { model, trans } = this._options;
    return (
      <>
        <S3List
          {...this._options}
          editingPath={this._editing}
          onEditPath={editing => {
            this._editing = editing;
            this.update();
          }}
        />
        <UseSignal signal={model.changed}>
          {() => <ChosenField value={chosenUri(model)} trans={trans} />}
        </UseSignal>
      </>
    );
  }

  private _editing = false;
}
