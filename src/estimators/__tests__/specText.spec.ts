import { parsePath, pathText, SpecText } from '../specText';

const TEXT = `# Weekly model
api_version: smext/v1
kind: TrainingJob
metadata:
  base_job_name: churn   # short

spec:
  algorithm:
    framework: {name: sklearn, version: '1.2-1'}
  hyperparameters:
    # found by hand
    max-depth: 6
    learning-rate: 0.10
  input_data_config:
    - channel_name: train
      s3_uri: s3://bucket/train/
  compute:
    instance_type: ml.m5.large # cheap
`;

const ORDER = ['role', 'algorithm', 'source_code', 'hyperparameters', 'environment', 'compute'];
const order = (path: readonly unknown[]) =>
  path.length === 1 && path[0] === 'spec' ? ORDER : null;

describe('SpecText', () => {
  const spec = new SpecText(TEXT);

  it('writes the text back as it was when nothing changes', () => {
    expect(spec.set(['metadata', 'base_job_name'], 'churn')).toBe(
      TEXT.replace('churn   #', 'churn #')
    );
  });

  it('changes one value and keeps its comment, its quotes and every other line', () => {
    const text = spec.set(['spec', 'compute', 'instance_type'], 'ml.m5.xlarge');
    expect(text).toContain('instance_type: ml.m5.xlarge # cheap\n');
    expect(text.split('\n').filter(line => !TEXT.includes(line))).toEqual(
      ['    instance_type: ml.m5.xlarge # cheap', '  base_job_name: churn # short'].reverse()
    );
    expect(spec.set(['spec', 'algorithm', 'framework', 'version'], '1.4')).toContain(
      "{name: sklearn, version: '1.4'}"
    );
  });

  it('does not write a number with the digits of the one before', () => {
    expect(spec.set(['spec', 'hyperparameters', 'learning-rate'], 0.5)).toContain(
      'learning-rate: 0.5\n'
    );
  });

  it('quotes text that would read as something else', () => {
    const text = spec.set(['spec', 'environment', 'PORT'], '8080', order);
    expect(new SpecText(text).get(['spec', 'environment', 'PORT'])).toBe('8080');
  });

  it('puts a new key where the order wants it', () => {
    const text = spec.set(['spec', 'environment'], { A: 'b' }, order);
    expect(text.indexOf('environment:')).toBeGreaterThan(text.indexOf('learning-rate'));
    expect(text.indexOf('environment:')).toBeLessThan(text.indexOf('compute:'));
  });

  it('makes what is missing on the way, also over an empty value', () => {
    expect(new SpecText(new SpecText('spec:\n').set(['spec', 'list', 0, 'a'], 1)).values).toEqual({
      spec: { list: [{ a: 1 }] }
    });
    expect(new SpecText('').set(['a'], 1)).toBe('a: 1\n');
  });

  it('removes a value, and empty maps around it as far as allowed', () => {
    const text = spec.remove(['spec', 'compute', 'instance_type'], path => path.length > 1);
    expect(new SpecText(text).get(['spec', 'compute'])).toBeUndefined();
    expect(
      new SpecText(spec.remove(['spec', 'compute', 'instance_type'])).get(['spec', 'compute'])
    ).toEqual({});
  });

  it('tells line and column of what cannot be read', () => {
    const broken = new SpecText('metadata:\n  name: a\n bad: [1,\n');
    expect(broken.values).toBeNull();
    expect(broken.problems[0].line).toBe(3);
    expect(new SpecText('- a\n').problems).toHaveLength(1);
  });

  it('writes what was empty line by line, and leaves what was written in one line', () => {
    const text = new SpecText('a: {}\nb: []\nc: {d: 1}\n').set(['b', 0, 'x'], 1);
    expect(new SpecText(text).set(['c', 'e'], 2)).toBe('a: {}\nb:\n  - x: 1\nc: {d: 1, e: 2}\n');
  });

  it('keeps quotes that were chosen, and drops those that half a value needed', () => {
    expect(new SpecText('a: "x"\n').set(['a'], 'y')).toBe('a: "y"\n');
    const half = new SpecText('').set(['a'], 's3:');
    expect(half).toBe("a: 's3:'\n");
    expect(new SpecText(half).set(['a'], 's3://b/')).toBe('a: s3://b/\n');
  });

  it('names a key otherwise in its place', () => {
    expect(new SpecText('a: 1 # first\nb: 2\n').rename(['a'], 'c')).toBe('c: 1 # first\nb: 2\n');
  });

  it('keeps sequences and indents as they are written', () => {
    const flat = 'a:\n- x: 1\nb:\n  c: 1\n';
    expect(new SpecText(flat).set(['b', 'c'], 2)).toBe('a:\n- x: 1\nb:\n  c: 2\n');
    const wide = 'a:\n    - x: 1\nb:\n    c: 1\n';
    expect(new SpecText(wide).set(['b', 'c'], 2)).toBe('a:\n    - x: 1\nb:\n    c: 2\n');
  });
});

it('writes and reads paths as the server does', () => {
  const path = ['spec', 'input_data_config', 0, 's3_uri'];
  expect(pathText(path)).toBe('spec.input_data_config[0].s3_uri');
  expect(parsePath('spec.input_data_config[0].s3_uri')).toEqual(path);
  expect(parsePath('')).toEqual([]);
});
