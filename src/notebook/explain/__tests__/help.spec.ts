import { nullTranslator } from '@jupyterlab/translation';
import { factsOf, type IHelp, readHelp } from '../help';
import { remediesFor } from '../remedies';

const trans = nullTranslator.load('jupyter_smext');

const DENIED = {
  code: 'AccessDenied',
  title: 'Access denied',
  message: 'ClientError: User me is not authorized',
  explanation: 'The caller me may not do s3:ListBucket.',
  steps: ['Ask.'],
  action: 's3:ListBucket',
  resource: 'arn:aws:s3:::data',
  principal: 'me',
  docs: 'https://docs.aws.amazon.com/IAM/latest/'
};

function read(value: Record<string, unknown>): IHelp {
  const help = readHelp(value);
  if (!help) {
    throw new Error('not read');
  }
  return help;
}

const commandsOf = (help: IHelp) => remediesFor(help, trans).map(each => each.command);

describe('readHelp', () => {
  it('reads what the kernel writes', () => {
    const help = read({ ...DENIED, failed: { kind: 'training job', name: 'a', reason: 'Bad.' } });
    expect(help).toMatchObject(DENIED);
    expect(help.failed).toEqual({ kind: 'training job', name: 'a', reason: 'Bad.' });
  });

  it.each([null, 'text', [], { ...DENIED, title: undefined }, { ...DENIED, message: 7 }])(
    'refuses what is no help: %j',
    value => {
      expect(readHelp(value)).toBeNull();
    }
  );

  it.each([
    'javascript:alert(1)',
    'http://docs.aws.amazon.com/',
    'https://docs.aws.amazon.com.example.org/',
    'https://bucket.s3.amazonaws.com/'
  ])('leads nowhere but to AWS: %s', docs => {
    expect(read({ ...DENIED, docs }).docs).toBeUndefined();
  });

  it('takes no value that is not a text', () => {
    const help = read({ ...DENIED, resource: { a: 1 }, steps: 'one' });
    expect(help.resource).toBeUndefined();
    expect(help.steps).toEqual([]);
  });
});

describe('factsOf', () => {
  it('leaves out what the explanation says', () => {
    expect(factsOf(read(DENIED), trans)).toEqual([['Resource', 'arn:aws:s3:::data']]);
  });
});

describe('remediesFor', () => {
  it('asks the doctor with all that is known, and writes the statement', () => {
    const [why, fix] = remediesFor(read(DENIED), trans);
    expect(why.command).toBe('smext:iam-explain');
    expect(why.args).toEqual({
      text: DENIED.message,
      action: 's3:ListBucket',
      resource: 'arn:aws:s3:::data',
      principal: 'me'
    });
    expect(fix.command).toBe('smext:iam-policy');
    expect(JSON.parse(String(fix.args.text)).Statement[0].Action).toEqual(['s3:ListBucket']);
  });

  it('writes no statement where no Allow helps', () => {
    expect(commandsOf(read({ ...DENIED, allow_can_help: false }))).toEqual(['smext:iam-explain']);
  });

  it('opens what failed', () => {
    const failed = { ...DENIED, code: 'Failed', action: undefined };
    expect(commandsOf(read({ ...failed, failed: { kind: 'training job', name: 'a' } }))).toEqual([
      'smext:job-open'
    ]);
    expect(commandsOf(read({ ...failed, failed: { kind: 'endpoint', name: 'a' } }))).toEqual([
      'smext:endpoint-open'
    ]);
    expect(commandsOf(read({ ...failed, failed: { kind: 'endpoint' } }))).toEqual([]);
  });

  it('shows what lies around a missing object', () => {
    const help = read({
      ...DENIED,
      code: 'NotFound',
      action: undefined,
      resource: 'arn:aws:s3:::data/a/b.csv'
    });
    expect(remediesFor(help, trans)[0].args).toEqual({ uri: 's3://data/a/' });
  });
});
