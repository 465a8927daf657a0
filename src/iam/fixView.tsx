import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ApplyPlan, PacketRequest } from '../api/types';
import { Button } from '../common/button';
import { ErrorView } from '../common/errorView';
import { confirmApply } from './applyDialog';
import type { FixModel } from './fixModel';
import { PacketView } from './packetView';
import { Propagation } from './propagation';
import { type IRole, roleName } from './roles';
import type { PolicyDocument } from './service';

export interface IFixViewProps {
  model: FixModel;
  /** The policy to apply; null where only somebody else can help. */
  document: PolicyDocument | null;
  roles: readonly IRole[];
  /** The document is about to change. */
  busy?: boolean;
  /** What the packet is made from, for the chosen role; without it there is no packet. */
  packetFor?: (roleArn: string | null) => PacketRequest;
  /** Offer to attach a managed policy as well. */
  attach?: boolean;
  /** AWS had its time to take a change up: look again. */
  onOver?: () => void;
  trans: TranslationBundle;
}

/** Ways for a policy into a role: apply it here, or hand it to somebody who may. */
export function FixView(props: IFixViewProps): JSX.Element {
  return <UseSignal signal={props.model.changed}>{() => <Fix {...props} />}</UseSignal>;
}

function Fix(props: IFixViewProps): JSX.Element {
  const { model, document, roles, packetFor, trans } = props;
  const [chosen, setChosen] = React.useState<string | null>(null);
  const role = roles.find(each => each.arn === chosen) ?? roles[0];
  const busy = props.busy || model.busy;
  const id = React.useId();
  return (
    <div className="jp-smext-Fix">
      <div className="jp-smext-Fix-row">
        {document && roles.length > 0 && (
          <>
            <label htmlFor={id}>{trans.__('Role')}</label>
            <HTMLSelect id={id} value={role.arn} onChange={event => setChosen(event.target.value)}>
              {roles.map(each => (
                <option key={each.arn} value={each.arn} title={each.arn}>
                  {each.label}
                </option>
              ))}
            </HTMLSelect>
            <Button
              label={trans.__('Apply…')}
              primary={!model.refused}
              disabled={busy}
              onClick={() =>
                void model.apply(role.arn, { document }, plan => confirmApply(plan, trans))
              }
            />
          </>
        )}
        {packetFor && (
          <Button
            label={trans.__('Admin packet')}
            primary={model.refused !== null || !document}
            disabled={busy}
            onClick={() => void model.pack(packetFor(role?.arn ?? null))}
          />
        )}
      </div>
      {props.attach && role && <Attach model={model} roleArn={role.arn} trans={trans} />}
      {document && roles.length === 0 && (
        <p className="jp-smext-Iam-text">
          {trans.__('No role is known to which this could be applied.')}
        </p>
      )}
      {model.refused && <Refused plan={model.refused} trans={trans} />}
      {model.error && <ErrorView error={model.error} trans={trans} />}
      {model.result && (
        <Propagation
          result={model.result}
          busy={model.busy}
          trans={trans}
          onUndo={() => void model.undo()}
          onOver={props.onOver}
        />
      )}
      {model.packet && <PacketView packet={model.packet} trans={trans} />}
    </div>
  );
}

/** A managed policy of AWS or of the account, for a role. */
function Attach(props: {
  model: FixModel;
  roleArn: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, roleArn, trans } = props;
  const [policyArn, setPolicyArn] = React.useState('');
  const id = React.useId();
  return (
    <form
      className="jp-smext-Fix-row"
      onSubmit={event => {
        event.preventDefault();
        void model.apply(roleArn, { policyArn }, plan => confirmApply(plan, trans));
      }}
    >
      <label htmlFor={id}>{trans.__('Or a managed policy')}</label>
      <input
        id={id}
        className="jp-mod-styled jp-smext-Fix-arn"
        value={policyArn}
        pattern="arn:[\w\-]+:iam::(aws|\d{12}):policy/.+"
        title={trans.__('The ARN of a managed policy')}
        placeholder={trans.__('arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess')}
        required
        spellCheck={false}
        autoComplete="off"
        onChange={event => setPolicyArn(event.target.value.trim())}
      />
      <button
        type="submit"
        className="jp-Button jp-mod-styled jp-smext-Button"
        disabled={model.busy}
      >
        {trans.__('Attach…')}
      </button>
    </form>
  );
}

/** Why a policy cannot be applied from here. */
function Refused(props: { plan: ApplyPlan; trans: TranslationBundle }): JSX.Element {
  const { plan, trans } = props;
  return (
    <div className="jp-smext-Refused" role="alert">
      <strong>{trans.__('Not applied to %1', roleName(plan.role_arn))}</strong>
      <p className="jp-smext-Iam-text">{plan.refused}</p>
      {plan.denied_action && (
        <p className="jp-smext-Iam-text">
          {trans.__('Missing permission: %1', plan.denied_action)}
        </p>
      )}
    </div>
  );
}
