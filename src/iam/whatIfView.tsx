import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { SmextError } from '../api/client';
import type { WhatIfResult } from '../api/types';
import { ErrorView } from '../common/errorView';
import { EmptyView } from '../common/stateView';
import { Status } from '../common/status';
import { iamIcon } from './icon';
import type { IamService, PolicyDocument } from './service';
import { verdictOf } from './words';

/** Whose request it is where nobody is known: any account does, as long as the policy names none. */
const ANYBODY = 'arn:aws:iam::111122223333:role/Anybody';

/** Ask the policy in the editor about one action, with statements switched off. Nothing is asked of AWS. */
export function WhatIfView(props: {
  service: IamService;
  document: PolicyDocument | null;
  principal: string | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { service, document, trans } = props;
  const principal = props.principal ?? ANYBODY;
  const [action, setAction] = React.useState('s3:GetObject');
  const [resource, setResource] = React.useState('arn:aws:s3:::bucket/key');
  const [off, setOff] = React.useState<ReadonlySet<number>>(new Set());
  const [result, setResult] = React.useState<WhatIfResult | null>(null);
  const [error, setError] = React.useState<SmextError | null>(null);
  const [busy, setBusy] = React.useState(false);
  const id = React.useId();

  const ask = async (without: ReadonlySet<number>) => {
    setBusy(true);
    setError(null);
    try {
      setResult(
        await service.whatIf({
          case: {
            principal,
            action: action.trim(),
            resource: resource.trim() || '*',
            resource_account: principal.split(':')[4] || null,
            policies: { identity: [document!] }
          },
          changes: {
            without_statements: [...without]
              // The policy may have become shorter since.
              .filter(statement => statement < statementsOf(document!).length)
              .map(statement => ({ layer: 'identity' as const, policy: 0, statement }))
          }
        })
      );
    } catch (reason) {
      setResult(null);
      setError(SmextError.from(reason));
    }
    setBusy(false);
  };
  if (!document) {
    return (
      <EmptyView
        icon={iamIcon}
        title={trans.__('No policy to ask')}
        hint={trans.__('The text must be a JSON document first.')}
      />
    );
  }
  const toggle = (index: number) => {
    const next = new Set(off);
    if (!next.delete(index)) {
      next.add(index);
    }
    setOff(next);
    if (result) {
      void ask(next);
    }
  };
  return (
    <>
      <form
        className="jp-smext-Iam-form"
        onSubmit={event => {
          event.preventDefault();
          void ask(off);
        }}
      >
        <label htmlFor={`${id}action`}>{trans.__('Action')}</label>
        <input
          id={`${id}action`}
          className="jp-mod-styled"
          value={action}
          required
          spellCheck={false}
          autoComplete="off"
          onChange={event => setAction(event.target.value)}
        />
        <label htmlFor={`${id}resource`}>{trans.__('Resource')}</label>
        <input
          id={`${id}resource`}
          className="jp-mod-styled"
          value={resource}
          spellCheck={false}
          autoComplete="off"
          onChange={event => setResource(event.target.value)}
        />
        <button
          type="submit"
          className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button"
          disabled={busy}
        >
          {trans.__('Decide')}
        </button>
      </form>
      <fieldset className="jp-smext-Scopes">
        <legend>{trans.__('Statements that count')}</legend>
        {statementsOf(document).map((statement, index) => (
          <label key={index}>
            <input type="checkbox" checked={!off.has(index)} onChange={() => toggle(index)} />
            <span>
              {statement.Sid ? `${String(statement.Sid)}: ` : ''}
              {String(statement.Effect)} {listOf(statement.Action ?? statement.NotAction)}
            </span>
          </label>
        ))}
      </fieldset>
      {error && <ErrorView error={error} trans={trans} />}
      {result && (
        <dl className="jp-smext-Facts jp-smext-WhatIf" aria-live="polite">
          <dt>{trans.__('With all statements')}</dt>
          <dd>
            <Status {...verdictOf(result.before.verdict, trans)} />
          </dd>
          <dt>{trans.__('With those that count')}</dt>
          <dd>
            <Status {...verdictOf(result.after.verdict, trans)} />
          </dd>
          {result.after.would_decide.length > 0 && (
            <>
              <dt>{trans.__('Would decide')}</dt>
              <dd>{result.after.would_decide.join(', ')}</dd>
            </>
          )}
        </dl>
      )}
      <p className="jp-smext-Iam-text">
        {trans.__(
          'Only this policy is asked; boundaries, organization and resource may still refuse.'
        )}
      </p>
    </>
  );
}

function statementsOf(document: PolicyDocument): Record<string, unknown>[] {
  const { Statement } = document;
  const statements: unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  return statements.filter(
    (each): each is Record<string, unknown> => typeof each === 'object' && each !== null
  );
}

function listOf(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}
