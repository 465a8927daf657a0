import type { TranslationBundle } from '@jupyterlab/translation';
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Identity } from '../api/types';
import { Facts } from '../common/facts';

/** Who we are for AWS in two lines; the rest folds out. */
export function IdentityView(props: {
  identity: Identity;
  trans: TranslationBundle;
}): React.ReactElement {
  const { identity, trans } = props;
  const [open, setOpen] = React.useState(false);
  const facts = React.useId();
  const Caret = open ? caretDownIcon : caretRightIcon;
  return (
    <div className="jp-smext-Identity">
      <button
        type="button"
        className="jp-smext-Identity-toggle"
        aria-expanded={open}
        aria-controls={facts}
        title={identity.caller_arn}
        onClick={() => setOpen(!open)}
      >
        <Caret.react tag="span" aria-hidden="true" />
        <span className="jp-smext-Identity-name">{callerName(identity.caller_arn)}</span>
      </button>
      <div className="jp-smext-Identity-place">
        <span title={trans.__('AWS account')}>{identity.account}</span>
        <span title={trans.__('AWS region')}>{identity.region}</span>
        {identity.sandbox && (
          <span
            className="jp-smext-Badge"
            title={trans.__(
              'The embedded sandbox stands in for AWS: nothing here leaves this machine or costs money.'
            )}
          >
            {trans.__('sandbox')}
          </span>
        )}
      </div>
      <div id={facts} hidden={!open}>
        <Facts facts={factsOf(identity, trans)} />
      </div>
    </div>
  );
}

function factsOf(identity: Identity, trans: TranslationBundle): [string, string | null][] {
  return [
    [trans.__('Caller'), identity.caller_arn],
    [trans.__('Jobs run as'), identity.execution_role_arn ?? trans.__('no role known')],
    [trans.__('Role known from'), roleSource(identity, trans)],
    [trans.__('Credentials'), identity.credentials_method],
    [trans.__('Profile'), identity.profile],
    [trans.__('Default bucket'), identity.default_bucket],
    [trans.__('Domain'), identity.domain_id],
    [trans.__('Space'), identity.space_name],
    [trans.__('User profile'), identity.user_profile_name],
    [trans.__('Endpoint'), identity.endpoint_url]
  ];
}

function roleSource(identity: Identity, trans: TranslationBundle): string | null {
  switch (identity.execution_role_source) {
    case 'configured':
      return trans.__('the server’s settings');
    case 'studio_metadata':
      return trans.__('the Studio space');
    case 'sdk_defaults':
      return trans.__('the SDK’s defaults file');
    case 'caller':
      return identity.role_path_guessed
        ? trans.__('the caller’s session, which does not tell the role’s path')
        : trans.__('the caller');
    case null:
      return null;
  }
}

/** The name in an ARN: of the assumed role, of the user, or `root`. */
export function callerName(arn: string): string {
  const [kind, ...rest] = arn.split(':').slice(5).join(':').split('/');
  return kind === 'assumed-role' ? rest[0] : (rest[rest.length - 1] ?? kind);
}
