import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { SpaceDeletePlan } from '../api/types';
import { DialogBody } from '../common/dialogBody';
import { TypedName } from '../common/typedName';
import { monthly } from './money';
import { Problems } from './problems';

/** Show what a delete takes with it, and have the name typed. Null: the space is not to be deleted. */
export async function confirmDelete(
  plan: SpaceDeletePlan,
  trans: TranslationBundle
): Promise<string | null> {
  const { button, value } = await showDialog({
    title: trans.__('Delete the space?'),
    body: new DeleteBody(plan, trans),
    buttons: plan.ready
      ? [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })]
      : [Dialog.cancelButton({ label: trans.__('Close') })],
    defaultButton: 0,
    focusNodeSelector: plan.ready ? '#smext-space-name' : 'button'
  });
  return button.accept ? value : null;
}

class DeleteBody extends DialogBody implements Dialog.IBodyWidget<string> {
  constructor(
    private readonly _plan: SpaceDeletePlan,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-smext-DialogForm');
  }

  getValue(): string {
    return this.node.querySelector<HTMLInputElement>('#smext-space-name')?.value ?? '';
  }

  protected render(): JSX.Element {
    const { space_name, lost, kept, problems, ready, saved_usd_per_month } = this._plan;
    const trans = this._trans;
    return (
      <>
        <Problems problems={problems} trans={trans} />
        <p>{trans.__('This is lost for good:')}</p>
        <ul>
          {lost.map(each => (
            <li key={each}>{each}</li>
          ))}
        </ul>
        {kept.length > 0 && (
          <>
            <p>{trans.__('This stays:')}</p>
            <ul>
              {kept.map(each => (
                <li key={each}>{each}</li>
              ))}
            </ul>
          </>
        )}
        <p>{trans.__('Saved: %1', monthly(saved_usd_per_month, trans))}</p>
        {ready && (
          <TypedName
            id="smext-space-name"
            name={space_name}
            label={trans.__('Type the name of the space to delete it:')}
          />
        )}
      </>
    );
  }
}
