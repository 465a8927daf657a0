import { nullTranslator } from '@jupyterlab/translation';
import type { WhoAmI } from '../../api/types';
import { candidateRoles, roleArnOf, roleName } from '../roles';

const trans = nullTranslator.load('jupyter_smext');

describe('roleArnOf', () => {
  it('finds the role of a session, in every partition', () => {
    expect(roleArnOf('arn:aws-cn:sts::111122223333:assumed-role/R/S')).toBe(
      'arn:aws-cn:iam::111122223333:role/R'
    );
  });
  it('keeps the path of a role', () => {
    const arn = 'arn:aws:iam::111122223333:role/service-role/R';
    expect(roleArnOf(arn)).toBe(arn);
    expect(roleName(arn)).toBe('R');
  });
  it.each([
    'arn:aws:iam::111122223333:user/U',
    'arn:aws:sts::111122223333:federated-user/F',
    'sagemaker.amazonaws.com',
    null
  ])('knows no role of %s', principal => {
    expect(roleArnOf(principal)).toBeNull();
  });
});

describe('candidateRoles', () => {
  const who = {
    caller_arn: 'arn:aws:sts::111122223333:assumed-role/Mine/S',
    caller_policies: null,
    execution_role: { arn: 'arn:aws:iam::111122223333:role/service-role/Jobs' }
  } as WhoAmI;

  it('puts the refused role first, by the ARN that carries its path', () => {
    const roles = candidateRoles(who, 'arn:aws:sts::111122223333:assumed-role/Jobs/S', trans);
    expect(roles.map(role => role.arn)).toEqual([
      'arn:aws:iam::111122223333:role/service-role/Jobs',
      'arn:aws:iam::111122223333:role/Mine'
    ]);
  });
  it('offers a role that is nobody’s here', () => {
    const roles = candidateRoles(who, 'arn:aws:iam::111122223333:role/Third', trans);
    expect(roles.map(role => roleName(role.arn))).toEqual(['Third', 'Jobs', 'Mine']);
  });
  it('offers none where nobody is known', () => {
    expect(candidateRoles(null, null, trans)).toEqual([]);
  });
});
