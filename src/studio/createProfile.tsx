import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { CreateUserProfileRequest } from '../api/types';
import { DialogBody } from '../common/dialogBody';
import { SPACE_NAME } from './spaceFields';

/** Ask for the name and the role of a new user profile; null where the person thought better of it. */
export async function askProfile(
  domainId: string,
  role: string | null,
  trans: TranslationBundle
): Promise<CreateUserProfileRequest | null> {
  const { button, value } = await showDialog({
    title: trans.__('New user profile'),
    body: new ProfileBody(domainId, role, trans),
    buttons: [Dialog.cancelButton(), Dialog.okButton({ label: trans.__('Create') })],
    focusNodeSelector: '#smext-profile-name'
  });
  return button.accept ? value : null;
}

class ProfileBody extends DialogBody implements Dialog.IBodyWidget<CreateUserProfileRequest> {
  constructor(
    private readonly _domainId: string,
    private readonly _role: string | null,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-smext-DialogForm');
  }

  getValue(): CreateUserProfileRequest {
    const field = (id: string) =>
      this.node.querySelector<HTMLInputElement>(`#smext-profile-${id}`)?.value.trim() ?? '';
    return {
      domain_id: this._domainId,
      user_profile_name: field('name'),
      execution_role_arn: field('role') || null
    };
  }

  protected render(): JSX.Element {
    const trans = this._trans;
    return (
      <>
        <label htmlFor="smext-profile-name">{trans.__('Name')}</label>
        <input
          id="smext-profile-name"
          className="jp-mod-styled"
          pattern={SPACE_NAME.source}
          title={trans.__('Letters, digits and hyphens, at most 63')}
          required
          spellCheck={false}
          autoComplete="off"
        />
        <label htmlFor="smext-profile-role">{trans.__('Execution role (ARN)')}</label>
        <input
          id="smext-profile-role"
          className="jp-mod-styled"
          pattern="arn:aws[a-z\-]*:iam::\d{12}:role/.+"
          placeholder={this._role ?? undefined}
          spellCheck={false}
          autoComplete="off"
        />
        <p>
          {trans.__(
            'Left empty, it is the role of the domain. A user profile costs nothing; what runs in its spaces does.'
          )}
        </p>
      </>
    );
  }
}
