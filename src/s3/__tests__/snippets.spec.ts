import { snippetsFor } from '../snippets';
import { targetAt } from '../target';

const codeOf = (uri: string, library: string): string | undefined =>
  snippetsFor(targetAt(uri)[0]).find(each => each.library === library)?.code;

it.each([
  ['s3://b/x.csv', 'pandas', 'pd.read_csv("s3://b/x.csv")'],
  ['s3://b/x.csv.gz', 'pandas', 'pd.read_csv("s3://b/x.csv.gz")'],
  ['s3://b/x.TSV', 'pandas', 'pd.read_csv("s3://b/x.TSV", sep="\\t")'],
  ['s3://b/x.jsonl', 'pandas', 'pd.read_json("s3://b/x.jsonl", lines=True)'],
  ['s3://b/data/', 'polars', 'pl.scan_parquet("s3://b/data/")'],
  ['s3://b/d/x.bin', 'boto3', 'get_object(Bucket="b", Key="d/x.bin")'],
  ['s3://b/d/', 'boto3', 'Bucket="b", Prefix="d/"'],
  ['s3://b/d/', 'SageMaker SDK v2', 'TrainingInput(s3_data="s3://b/d/")'],
  ['s3://b/d/', 'SageMaker SDK v3', 'data_source="s3://b/d/"']
])('reads %s with %s', (uri, library, code) => expect(codeOf(uri, library)).toContain(code));

it('offers no table library for what is no table', () => {
  expect(snippetsFor(targetAt('s3://b/x.bin')[0]).map(each => each.library)).toEqual([
    's3fs',
    'boto3',
    'SageMaker SDK v3',
    'SageMaker SDK v2'
  ]);
});

it('writes any key as one string literal', () => {
  expect(codeOf('s3://b/a"b\\c\nd.csv', 'pandas')).toContain('"s3://b/a\\"b\\\\c\\nd.csv"');
});
