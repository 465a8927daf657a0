import type { TranslationBundle } from '@jupyterlab/translation';
import {
  errorIcon,
  historyIcon,
  type LabIcon,
  lockIcon,
  offlineBoltIcon,
  refreshIcon,
  userIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { SmextError } from '../api/client';
import type { ErrorCode, ErrorEnvelope } from '../api/types';
import { Button } from './button';
import { Facts } from './facts';
import { type IRefusal, WhyButton } from './whyButton';

export interface IErrorViewProps {
  error: SmextError | ErrorEnvelope;
  trans: TranslationBundle;
  /** Beside what is still worth looking at: only what kind of failure it was, until the rest is asked for. */
  compact?: boolean;
  /** Shows a button that tries again. */
  onRetry?: () => void;
  /** What else can be done, as buttons. */
  children?: React.ReactNode;
}

/** Why something cannot be shown: what happened, to whom, on what, and what to do about it. */
export function ErrorView(props: IErrorViewProps): React.ReactElement {
  const { trans } = props;
  const error = 'envelope' in props.error ? props.error.envelope : props.error;
  const denied = error.code === 'AccessDenied';
  const Icon = iconOf(error.code);
  const words = (
    <>
      <p className="jp-smext-ErrorView-message">{error.message}</p>
      {error.hint && <p className="jp-smext-ErrorView-hint">{error.hint}</p>}
      <Facts facts={factsOf(error, trans)} />
    </>
  );
  return (
    <div
      className={`jp-smext-ErrorView${props.compact ? ' jp-mod-compact' : ''}`}
      role="alert"
      data-code={error.code}
    >
      <div className="jp-smext-ErrorView-title">
        <Icon.react tag="span" className="jp-smext-ErrorView-icon" aria-hidden="true" />
        <span>{titleOf(error.code, trans)}</span>
      </div>
      {props.compact ? (
        <details className="jp-smext-ErrorView-details">
          <summary>{trans.__('Details')}</summary>
          {words}
        </details>
      ) : (
        words
      )}
      {(props.onRetry || props.children || denied) && (
        <div className="jp-smext-ErrorView-actions">
          {props.onRetry && (
            <Button icon={refreshIcon} label={trans.__('Try again')} onClick={props.onRetry} />
          )}
          {denied && <WhyButton refusal={refusalOf(error)} trans={trans} />}
          {props.children}
        </div>
      )}
    </div>
  );
}

function refusalOf(error: ErrorEnvelope): IRefusal {
  const { message, operation, action, resource, principal } = error;
  return {
    text: message,
    operation: operation ?? undefined,
    action: action ?? undefined,
    resource: resource ?? undefined,
    principal: principal ?? undefined
  };
}

/** The machine's names for what happened; worth copying into a support case. */
function factsOf(
  error: ErrorEnvelope,
  trans: TranslationBundle
): [string, string | null | undefined][] {
  return [
    [trans.__('Action'), error.action],
    [trans.__('Resource'), error.resource],
    [trans.__('Principal'), error.principal],
    [trans.__('API call'), error.operation],
    [trans.__('Request id'), error.request_id]
  ];
}

/** What kind of failure it was, in a few words. */
export function titleOf(code: ErrorCode, trans: TranslationBundle): string {
  switch (code) {
    case 'AccessDenied':
      return trans.__('Access denied');
    case 'CredentialsMissing':
      return trans.__('No AWS credentials');
    case 'CredentialsExpired':
      return trans.__('AWS credentials have expired');
    case 'NotFound':
      return trans.__('Not found');
    case 'Conflict':
      return trans.__('Exists already');
    case 'InvalidRequest':
      return trans.__('Not valid');
    case 'PreconditionFailed':
      return trans.__('Changed in the meantime');
    case 'TooLarge':
      return trans.__('Too large');
    case 'QuotaExceeded':
      return trans.__('Quota reached');
    case 'Throttled':
      return trans.__('AWS asks to slow down');
    case 'WrongRegion':
      return trans.__('Wrong region');
    case 'Network':
      return trans.__('No connection');
    case 'Timeout':
      return trans.__('No answer in time');
    case 'ServiceUnavailable':
      return trans.__('Service not available');
    case 'NotSupported':
      return trans.__('Not supported');
    case 'UpstreamRejected':
      return trans.__('AWS refused the request');
    case 'Cancelled':
      return trans.__('Cancelled');
    case 'ServerPartMissing':
      return trans.__('Server part missing');
    case 'VersionMismatch':
      return trans.__('Versions differ');
    case 'Internal':
      return trans.__('Something went wrong');
  }
}

function iconOf(code: ErrorCode): LabIcon {
  switch (code) {
    case 'AccessDenied':
      return lockIcon;
    case 'CredentialsMissing':
      return userIcon;
    case 'CredentialsExpired':
    case 'Timeout':
      return historyIcon;
    case 'Network':
    case 'ServiceUnavailable':
    case 'ServerPartMissing':
      return offlineBoltIcon;
    default:
      return errorIcon;
  }
}
