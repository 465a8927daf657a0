import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ApplyPlan } from '../api/types';
import { DialogBody } from '../common/dialogBody';
import { DiffView } from './diffView';

/** Show what applying changes, and have the role's name typed. Null: it is not to be applied. */
export async function confirmApply(
  plan: ApplyPlan,
  trans: TranslationBundle
): Promise<string | null> {
  const { button, value } = await showDialog({
    title: trans.__('Change the role %1?', plan.role_name),
    body: new ApplyBody(plan, trans),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Apply') })],
    defaultButton: 0,
    focusNodeSelector: '#smext-apply-role'
  });
  return button.accept ? value : null;
}

class ApplyBody extends DialogBody implements Dialog.IBodyWidget<string> {
  constructor(
    private readonly _plan: ApplyPlan,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-smext-Apply');
  }

  getValue(): string {
    return this.node.querySelector<HTMLInputElement>('#smext-apply-role')?.value ?? '';
  }

  protected render(): JSX.Element {
    const trans = this._trans;
    const { role_name, policy_name, diff, before, kind } = this._plan;
    return (
      <>
        <p>
          {kind === 'attach'
            ? trans.__('The managed policy %1 is attached to it.', policy_name)
            : before
              ? trans.__('Its inline policy %1 changes.', policy_name)
              : trans.__('It gets one more inline policy, %1.', policy_name)}{' '}
          {trans.__('No other policy is touched, and it can be undone.')}
        </p>
        <DiffView lines={diff} label={trans.__('Changes')} />
        <label htmlFor="smext-apply-role">
          {trans.__('Type the name of the role to change it:')}
        </label>
        <input
          id="smext-apply-role"
          className="jp-mod-styled"
          pattern={exactly(role_name)}
          title={role_name}
          placeholder={role_name}
          required
          spellCheck={false}
          autoComplete="off"
        />
      </>
    );
  }
}

/** A pattern that only this text fits: names of roles may hold `+`, `.` and others with a meaning in patterns. */
function exactly(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
