import type { TranslationBundle } from '@jupyterlab/translation';
import type { SpaceSummary } from '../api/types';
import type { IStatus } from '../common/status';

/** Statuses that a domain, user profile, space or app leaves by itself. */
const CHANGING = ['Pending', 'Updating', 'Deleting'];

/** Whether a domain, user profile, space or app changes by itself. */
export function isChanging(thing: { status: string }): boolean {
  return CHANGING.includes(thing.status);
}

/** `Status` of DescribeDomain, DescribeUserProfile and DescribeSpace. */
export function studioStatus(status: string, trans: TranslationBundle): IStatus {
  switch (status) {
    case 'InService':
      return { kind: 'good', word: trans.__('Ready') };
    case 'Pending':
      return { kind: 'running', word: trans.__('Being made') };
    case 'Updating':
      return { kind: 'running', word: trans.__('Updating') };
    case 'Deleting':
      return { kind: 'running', word: trans.__('Deleting') };
    case 'Failed':
      return { kind: 'bad', word: trans.__('Failed') };
    case 'Update_Failed':
      return { kind: 'bad', word: trans.__('Update failed') };
    case 'Delete_Failed':
      return { kind: 'bad', word: trans.__('Delete failed') };
    default:
      return { kind: 'unknown', word: status };
  }
}

/** `Status` of DescribeApp. */
export function appStatus(status: string, trans: TranslationBundle): IStatus {
  switch (status) {
    case 'InService':
      return { kind: 'good', word: trans.__('Running') };
    case 'Pending':
      return { kind: 'running', word: trans.__('Starting') };
    case 'Deleting':
      return { kind: 'running', word: trans.__('Stopping') };
    case 'Deleted':
      return { kind: 'stopped', word: trans.__('Stopped') };
    case 'Failed':
      return { kind: 'bad', word: trans.__('Failed') };
    default:
      return { kind: 'unknown', word: status };
  }
}

/** What matters of a space: what its app does, unless the space itself is on its way or broken. */
export function spaceStatus(
  space: Pick<SpaceSummary, 'status' | 'app'>,
  appsKnown: boolean,
  trans: TranslationBundle
): IStatus {
  if (space.status !== 'InService') {
    return studioStatus(space.status, trans);
  }
  if (space.app) {
    return appStatus(space.app.status, trans);
  }
  return appsKnown
    ? { kind: 'stopped', word: trans.__('Stopped') }
    : { kind: 'unknown', word: trans.__('Not known') };
}
