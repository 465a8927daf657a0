import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeletePlan } from '../api/types';
import { DialogBody } from '../common/dialogBody';
import { TypedName } from '../common/typedName';

/** Show what a delete takes with it, and have the name typed. Null: it is not to be deleted. */
export async function confirmDelete(
  plan: DeletePlan,
  trans: TranslationBundle
): Promise<string | null> {
  const { button, value } = await showDialog({
    title: trans.__('Delete the endpoint?'),
    body: new DeleteBody(plan, trans),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
    defaultButton: 0,
    focusNodeSelector: '#smext-delete-name'
  });
  return button.accept ? value : null;
}

class DeleteBody extends DialogBody implements Dialog.IBodyWidget<string> {
  constructor(
    private readonly _plan: DeletePlan,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-smext-DialogForm');
  }

  getValue(): string {
    return this.node.querySelector<HTMLInputElement>('#smext-delete-name')?.value ?? '';
  }

  protected render(): JSX.Element {
    const trans = this._trans;
    const { endpoint_name, resources } = this._plan;
    const gone = resources.filter(resource => !resource.reason_kept);
    const kept = resources.filter(resource => resource.reason_kept);
    return (
      <>
        <p>{trans.__('This deletes, and cannot be undone:')}</p>
        <ul>
          {gone.map(resource => (
            <li key={`${resource.kind} ${resource.name}`}>
              {resource.kind} <strong>{resource.name}</strong>
            </li>
          ))}
        </ul>
        {kept.length > 0 && (
          <>
            <p>{trans.__('This stays:')}</p>
            <ul>
              {kept.map(resource => (
                <li key={`${resource.kind} ${resource.name}`}>
                  {resource.kind} <strong>{resource.name}</strong> – {resource.reason_kept}
                </li>
              ))}
            </ul>
          </>
        )}
        <TypedName
          id="smext-delete-name"
          name={endpoint_name}
          label={trans.__('Type the name of the endpoint to delete it:')}
        />
      </>
    );
  }
}
