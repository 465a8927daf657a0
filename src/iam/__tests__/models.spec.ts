import type { ApplyPlan, Explanation, LintReport } from '../../api/types';
import { DoctorModel } from '../doctorModel';
import { FixModel } from '../fixModel';
import { PolicyModel } from '../policyModel';
import { RemedyModel } from '../remedyModel';
import type { IamService } from '../service';

const REFUSED = {
  kind: 'iam',
  action: 's3:ListBucket',
  resource: 'arn:aws:s3:::b',
  allow_can_help: true
} as Explanation;

/** A service of which only these methods are there. */
function service(methods: Partial<IamService>): IamService {
  return methods as IamService;
}

describe('DoctorModel', () => {
  it('does not show the answer to a text that was replaced', async () => {
    let answer: (value: Explanation) => void = () => undefined;
    const explain = () => new Promise<Explanation>(found => (answer = found));
    const model = new DoctorModel(service({ explain }));
    const asked = model.explain({ text: 'old' });
    model.setText('new');
    answer(REFUSED);
    await asked;
    expect(model.explanation).toBeNull();
    expect(model.busy).toBe(false);
    expect(model.refusal.text).toBe('new');
  });
  it('has a remedy for missing permissions only', async () => {
    const explain = jest.fn().mockResolvedValueOnce(REFUSED);
    explain.mockResolvedValueOnce({ ...REFUSED, kind: 'network' });
    const model = new DoctorModel(service({ explain }));
    await model.explain({ text: 'denied' });
    expect(model.remedy?.bucket).toBe('b');
    await model.explain({ text: 'no route' });
    expect(model.remedy).toBeNull();
  });
});

describe('RemedyModel', () => {
  it('writes a statement for what was refused, and no more', async () => {
    const model = new RemedyModel(service({}), REFUSED, null);
    await model.generate('refused');
    expect(model.document).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:ListBucket'], Resource: ['arn:aws:s3:::b'] }]
    });
  });
  it('writes none where an Allow cannot help', () => {
    const model = new RemedyModel(service({}), { ...REFUSED, allow_can_help: false }, null);
    expect(model.canGenerate).toBe(false);
  });
});

describe('FixModel', () => {
  const plan = { role_arn: 'arn:aws:iam::1:role/R', after: {}, refused: null } as ApplyPlan;

  it('applies nothing that was not confirmed', async () => {
    const apply = jest.fn();
    const model = new FixModel(service({ planApply: async () => plan, apply }));
    await model.apply(plan.role_arn, { document: {} }, async () => null);
    expect(apply).not.toHaveBeenCalled();
  });
  it('asks nobody about a refused plan', async () => {
    const refused = { ...plan, refused: 'It widens the rights of its own role.' };
    const confirm = jest.fn();
    const model = new FixModel(service({ planApply: async () => refused }));
    await model.apply(plan.role_arn, { document: {} }, confirm);
    expect(confirm).not.toHaveBeenCalled();
    expect(model.refused).toBe(refused);
  });
});

describe('PolicyModel', () => {
  it('puts the repaired document in the place of the text', async () => {
    const repaired = { Version: '2012-10-17', Statement: [] };
    const lint = async () => ({ repaired }) as unknown as LintReport;
    const model = new PolicyModel(service({ lint }), { text: '{,}' });
    await model.check();
    expect(model.document).toBeNull();
    model.repair();
    expect(model.document).toEqual(repaired);
    model.dispose();
  });
});
