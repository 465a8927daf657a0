import type { TranslationBundle } from '@jupyterlab/translation';
import {
  checkIcon,
  circleEmptyIcon,
  circleIcon,
  errorIcon,
  type LabIcon,
  stopIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

/** What a status means for the person who looks; decides icon and colour. */
export type StatusKind = 'waiting' | 'running' | 'good' | 'bad' | 'stopped' | 'unknown';

export interface IStatus {
  kind: StatusKind;
  /** The word on screen. */
  word: string;
}

const ICONS: Record<StatusKind, LabIcon> = {
  waiting: circleEmptyIcon,
  running: circleIcon,
  good: checkIcon,
  bad: errorIcon,
  stopped: stopIcon,
  unknown: circleEmptyIcon
};

/** A status as icon, word and colour, so that no one of them alone carries the meaning. */
export function Status(props: IStatus & { title?: string }): React.ReactElement {
  const Icon = ICONS[props.kind];
  return (
    <span className="jp-smext-Status" data-status={props.kind} title={props.title ?? props.word}>
      <Icon.react tag="span" className="jp-smext-Status-icon" aria-hidden="true" />
      <span className="jp-smext-Status-word">{props.word}</span>
    </span>
  );
}

/** `TrainingJobStatus` of DescribeTrainingJob. */
export function jobStatus(status: string, trans: TranslationBundle): IStatus {
  switch (status) {
    case 'InProgress':
      return { kind: 'running', word: trans.__('In progress') };
    case 'Completed':
      return { kind: 'good', word: trans.__('Completed') };
    case 'Failed':
      return { kind: 'bad', word: trans.__('Failed') };
    case 'Stopping':
      return { kind: 'running', word: trans.__('Stopping') };
    case 'Stopped':
      return { kind: 'stopped', word: trans.__('Stopped') };
    default:
      return { kind: 'unknown', word: status };
  }
}

/** `EndpointStatus` of DescribeEndpoint. */
export function endpointStatus(status: string, trans: TranslationBundle): IStatus {
  switch (status) {
    case 'InService':
      return { kind: 'good', word: trans.__('In service') };
    case 'Creating':
      return { kind: 'running', word: trans.__('Creating') };
    case 'Updating':
      return { kind: 'running', word: trans.__('Updating') };
    case 'SystemUpdating':
      return { kind: 'running', word: trans.__('System update') };
    case 'RollingBack':
      return { kind: 'running', word: trans.__('Rolling back') };
    case 'Deleting':
      return { kind: 'running', word: trans.__('Deleting') };
    case 'Failed':
      return { kind: 'bad', word: trans.__('Failed') };
    case 'UpdateRollbackFailed':
      return { kind: 'bad', word: trans.__('Rollback failed') };
    case 'OutOfService':
      return { kind: 'stopped', word: trans.__('Out of service') };
    default:
      return { kind: 'unknown', word: status };
  }
}

/** State of a long operation of the server extension. */
export function taskStatus(state: string, trans: TranslationBundle): IStatus {
  switch (state) {
    case 'queued':
      return { kind: 'waiting', word: trans.__('Waiting') };
    case 'running':
      return { kind: 'running', word: trans.__('Running') };
    case 'succeeded':
      return { kind: 'good', word: trans.__('Done') };
    case 'failed':
      return { kind: 'bad', word: trans.__('Failed') };
    case 'cancelled':
      return { kind: 'stopped', word: trans.__('Cancelled') };
    default:
      return { kind: 'unknown', word: state };
  }
}
