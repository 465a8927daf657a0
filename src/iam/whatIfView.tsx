import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { SmextError } from '../api/client';
import type { WhatIfResult, WhoAmI } from '../api/types';
import { ErrorView } from '../common/errorView';
import { EmptyView } from '../common/stateView';
import { Status } from '../common/status';
import { iamIcon } from './icon';
import type { IamService, PolicyDocument } from './service';
import { asText, statementsOf } from './statement';
import { openOf, verdictOf } from './words';

/** Whose request it is where nobody is known: any account does, as long as the policy names none. */
const ANYBODY = 'arn:aws:iam::111122223333:role/Anybody';

/** Ask the policy in the editor about one action, with statements, boundary and context changed. Asks nothing of AWS. */
export function WhatIfView(props: {
  service: IamService;
  document: PolicyDocument | null;
  who: WhoAmI | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { service, document, who, trans } = props;
  const principal = who?.caller_arn ?? ANYBODY;
  const [action, setAction] = React.useState('s3:GetObject');
  const [resource, setResource] = React.useState('arn:aws:s3:::bucket/key');
  const [context, setContext] = React.useState('');
  const [boundary, setBoundary] = React.useState<string | null>(null);
  const [off, setOff] = React.useState<ReadonlySet<number>>(new Set());
  const [bounded, setBounded] = React.useState(true);
  const [result, setResult] = React.useState<WhatIfResult | null>(null);
  const [error, setError] = React.useState<SmextError | null>(null);
  const [busy, setBusy] = React.useState(false);
  const id = React.useId();
  const boundaryText = boundary ?? boundaryOf(who);
  const hasBoundary = boundaryText.trim() !== '';

  const ask = async (without: ReadonlySet<number>, withBoundary: boolean) => {
    setBusy(true);
    setError(null);
    try {
      const limit = hasBoundary ? asDocument(boundaryText, trans) : null;
      setResult(
        await service.whatIf({
          case: {
            principal,
            action: action.trim(),
            resource: resource.trim() || '*',
            resource_account: principal.split(':')[4] || null,
            context: asContext(context, trans),
            policies: { identity: [document!], permissions_boundary: limit }
          },
          changes: {
            without_layers: limit && !withBoundary ? ['permissions_boundary'] : [],
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
      void ask(next, bounded);
    }
  };
  return (
    <>
      <form
        className="jp-smext-Iam-form"
        onSubmit={event => {
          event.preventDefault();
          void ask(off, bounded);
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
        <label htmlFor={`${id}context`}>{trans.__('Context')}</label>
        <textarea
          id={`${id}context`}
          className="jp-mod-styled jp-smext-WhatIf-text"
          rows={2}
          value={context}
          placeholder={trans.__('s3:prefix=train/')}
          title={trans.__('One condition key of the request on each line: key=value')}
          spellCheck={false}
          onChange={event => setContext(event.target.value)}
        />
        <label htmlFor={`${id}boundary`}>{trans.__('Boundary')}</label>
        <textarea
          id={`${id}boundary`}
          className="jp-mod-styled jp-smext-WhatIf-text"
          rows={hasBoundary ? 6 : 2}
          value={boundaryText}
          placeholder={trans.__('A permissions boundary, as JSON')}
          spellCheck={false}
          onChange={event => setBoundary(event.target.value)}
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
        <legend>{trans.__('What counts')}</legend>
        {statementsOf(document).map((statement, index) => (
          <label key={index}>
            <input type="checkbox" checked={!off.has(index)} onChange={() => toggle(index)} />
            <span>
              {statement.Sid ? `${String(statement.Sid)}: ` : ''}
              {String(statement.Effect)} {listOf(statement.Action ?? statement.NotAction)}
            </span>
          </label>
        ))}
        {hasBoundary && (
          <label>
            <input
              type="checkbox"
              checked={bounded}
              onChange={() => {
                setBounded(!bounded);
                if (result) {
                  void ask(off, !bounded);
                }
              }}
            />
            <span>{trans.__('The boundary')}</span>
          </label>
        )}
      </fieldset>
      {error && <ErrorView error={error} trans={trans} />}
      {result && (
        <dl className="jp-smext-Facts jp-smext-WhatIf" aria-live="polite">
          <dt>{trans.__('With all of it')}</dt>
          <dd>
            <Status {...verdictOf(result.before.verdict, trans)} />
          </dd>
          <dt>{trans.__('With what counts')}</dt>
          <dd>
            <Status {...verdictOf(result.after.verdict, trans)} />
          </dd>
          {result.after.would_decide.length > 0 && (
            <>
              <dt>{trans.__('Would decide')}</dt>
              <dd>{result.after.would_decide.map(cause => openOf(cause, trans)).join('; ')}</dd>
            </>
          )}
        </dl>
      )}
      <p className="jp-smext-Iam-text">
        {trans.__(
          'Only this policy and the boundary are asked; organization and resource may still refuse.'
        )}
      </p>
    </>
  );
}

/** The caller's own boundary, where it can be read. */
function boundaryOf(who: WhoAmI | null): string {
  const boundary = who?.caller_policies?.permissions_boundary;
  return boundary && boundary !== 'unknown' ? asText(boundary) : '';
}

function asDocument(text: string, trans: TranslationBundle): PolicyDocument {
  try {
    return JSON.parse(text) as PolicyDocument;
  } catch (reason) {
    throw invalid(trans.__('The boundary is not JSON: %1', (reason as Error).message));
  }
}

/** `key=value` lines as a context; a key on several lines has several values. */
function asContext(text: string, trans: TranslationBundle): Record<string, string | string[]> {
  const values = new Map<string, string[]>();
  for (const line of text.split('\n').filter(each => each.trim())) {
    const [, key, value] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (!key) {
      throw invalid(trans.__('The context takes key=value, not %1', line.trim()));
    }
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return Object.fromEntries(
    [...values].map(([key, each]) => [key, each.length === 1 ? each[0] : each])
  );
}

function invalid(message: string): SmextError {
  return new SmextError({ code: 'InvalidRequest', message, retryable: false }, 0);
}

function listOf(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value ?? '');
}
