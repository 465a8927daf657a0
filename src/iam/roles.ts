import type { TranslationBundle } from '@jupyterlab/translation';
import type { WhoAmI } from '../api/types';

/** A role whose policies could be changed. */
export interface IRole {
  arn: string;
  /** The name, and what it is to us. */
  label: string;
}

/** `R` of `arn:aws:iam::111122223333:role/path/R`. */
export function roleName(roleArn: string): string {
  return roleArn.slice(roleArn.lastIndexOf('/') + 1);
}

/**
 * The role of a session or role ARN; null for a user, a service or anything else.
 *
 * A session does not tell the path of its role, so the ARN has none; the calls that change a role take its name only.
 */
export function roleArnOf(principal: string | null | undefined): string | null {
  const [, partition, service, , account, ...rest] = (principal ?? '').split(':');
  const [kind, ...path] = rest.join(':').split('/');
  if (service === 'iam' && kind === 'role' && path.length > 0) {
    return principal!;
  }
  return service === 'sts' && kind === 'assumed-role' && path[0]
    ? `arn:${partition}:iam::${account}:role/${path[0]}`
    : null;
}

/** The roles that a refusal can be mended for: the refused one first, then those that we know. */
export function candidateRoles(
  who: WhoAmI | null,
  refused: string | null | undefined,
  trans: TranslationBundle
): IRole[] {
  const execution = who?.execution_role?.arn ?? null;
  const caller = roleArnOf(who?.caller_policies?.arn ?? who?.caller_arn);
  const roles: IRole[] = [];
  const add = (arn: string | null, label: (name: string) => string) => {
    const name = arn && roleName(arn);
    if (arn && name && !roles.some(role => roleName(role.arn) === name)) {
      roles.push({ arn, label: label(name) });
    }
  };
  const isExecution = (arn: string | null) =>
    arn !== null && execution !== null && roleName(arn) === roleName(execution);
  const wordOf = (arn: string | null) => (name: string) =>
    isExecution(arn)
      ? trans.__('%1 (jobs run as it)', name)
      : arn === caller
        ? trans.__('%1 (you)', name)
        : name;
  const denied = roleArnOf(refused);
  add(isExecution(denied) ? execution : denied, wordOf(denied));
  add(execution, wordOf(execution));
  add(caller, wordOf(caller));
  return roles;
}
