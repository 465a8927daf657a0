import type { TranslationBundle } from '@jupyterlab/translation';
import type { Explanation, Verdict } from '../api/types';
import type { IStatus } from '../common/status';

/** What kind of failure an error text tells of. */
export function kindOf(kind: Explanation['kind'], trans: TranslationBundle): string {
  switch (kind) {
    case 'iam':
      return trans.__('A permission is missing');
    case 'network':
      return trans.__('Not permissions: the network');
    case 'credentials':
      return trans.__('Not permissions: the credentials');
    case 'region':
      return trans.__('Not permissions: the region');
    case 'not_found':
      return trans.__('Something does not exist, or may not be seen');
    case 'quota':
      return trans.__('Not permissions: a quota');
    case 'other':
      return trans.__('Not permissions');
    case 'unknown':
      return trans.__('The text does not tell');
  }
}

/** Who was refused. */
export function whoOf(who: Explanation['who'], trans: TranslationBundle): string {
  switch (who) {
    case 'caller':
      return trans.__('you, the caller');
    case 'execution_role':
      return trans.__('the execution role, with which jobs and endpoints run');
    case 'service':
      return trans.__('the service itself');
    case 'unknown':
      return trans.__('not known');
  }
}

/** The kind of policy that refused. */
export function layerOf(layer: Explanation['layer'], trans: TranslationBundle): string {
  switch (layer) {
    case 'identity':
      return trans.__('identity policies of the principal');
    case 'resource':
      return trans.__('policy of the resource (bucket, key, repository)');
    case 'boundary':
      return trans.__('permissions boundary');
    case 'session':
      return trans.__('session policy');
    case 'scp':
      return trans.__('service control policy of the organization');
    case 'rcp':
      return trans.__('resource control policy of the organization');
    case 'vpc_endpoint':
      return trans.__('policy of the VPC endpoint');
    case 'trust':
      return trans.__('trust policy of the role');
    case 'unknown':
      return trans.__('not known');
  }
}

/** Who can change it. */
export function fixOwnerOf(owner: Explanation['fix_owner'], trans: TranslationBundle): string {
  switch (owner) {
    case 'you':
      return trans.__('you');
    case 'iam_admin':
      return trans.__('an IAM administrator of the account');
    case 'organization_admin':
      return trans.__('an administrator of the AWS organization');
    case 'resource_owner':
      return trans.__('the owner of the resource');
    case 'network_admin':
      return trans.__('a network administrator');
    case 'aws_support':
      return trans.__('AWS Support');
    case 'unknown':
      return trans.__('not known');
  }
}

/** Whether an Allow in an identity policy can change anything. */
export function allowHelps(can: boolean | null | undefined, trans: TranslationBundle): IStatus {
  return can === true
    ? { kind: 'good', word: trans.__('An Allow can help') }
    : can === false
      ? { kind: 'bad', word: trans.__('An Allow cannot help') }
      : { kind: 'unknown', word: trans.__('Whether an Allow can help is not known') };
}

/** What would settle an open verdict, which the evaluator names by its place in the case. */
export function openOf(cause: string, trans: TranslationBundle): string {
  const place = /^policies\.(\w+)(?:\[(\d+)\])?(.*)$/.exec(cause);
  if (place) {
    const [, layer, index, rest] = place;
    const name = layerNameOf(layer, trans);
    return (index === undefined ? name : trans.__('%1, number %2', name, Number(index) + 1)) + rest;
  }
  if (cause === 'resource_account') {
    return trans.__('the account that owns the resource');
  }
  return /^[\w-]+:[\w/-]+$/.test(cause) ? trans.__('the value of %1 in the request', cause) : cause;
}

/** A kind of policy, as cases name it. */
export function layerNameOf(layer: string, trans: TranslationBundle): string {
  switch (layer) {
    case 'identity':
      return trans.__('identity policy');
    case 'resource':
      return trans.__('policy of the resource');
    case 'permissions_boundary':
      return trans.__('permissions boundary');
    case 'session':
      return trans.__('session policy');
    case 'scp':
      return trans.__('service control policy');
    case 'rcp':
      return trans.__('resource control policy');
    case 'vpc_endpoint':
      return trans.__('policy of the VPC endpoint');
    default:
      return layer;
  }
}

export function verdictOf(verdict: Verdict['verdict'], trans: TranslationBundle): IStatus {
  switch (verdict) {
    case 'allowed':
      return { kind: 'good', word: trans.__('Allowed') };
    case 'denied':
      return { kind: 'bad', word: trans.__('Denied') };
    case 'unknown':
      return { kind: 'unknown', word: trans.__('Not known') };
  }
}
