import { folderOf, nameOf, parentOf, parseLocation, pathTo, uriOf } from '../location';

describe('parseLocation', () => {
  it.each([
    ['s3://bucket', 'bucket', ''],
    ['s3://bucket/a/b', 'bucket', 'a/b'],
    ['  s3a://bucket/a//b/', 'bucket', 'a//b/'],
    ['bucket/a', 'bucket', 'a'],
    ['s3://bucket/with space + %20#?', 'bucket', 'with space + %20#?'],
    ['s3://bucket/line\nbreak', 'bucket', 'line\nbreak'],
    ['arn:aws:s3:::bucket/a/b', 'bucket', 'a/b'],
    ['s3://arn:aws:s3:::bucket/a', 'bucket', 'a'],
    [
      'arn:aws:s3:eu-west-1:123456789012:accesspoint/mine/object/a/b',
      'arn:aws:s3:eu-west-1:123456789012:accesspoint/mine',
      'a/b'
    ],
    [
      'https://eu-west-1.console.aws.amazon.com/s3/buckets/bucket?region=eu-west-1&prefix=a/b%20c/',
      'bucket',
      'a/b c/'
    ]
  ])('understands %j', (text, bucket, prefix) => {
    expect(parseLocation(text)).toEqual({ bucket, prefix });
  });

  it.each(['', 's3://', '/a', 'https://example.com/s3/buckets/b', 'arn:aws:iam::1:role/r'])(
    'refuses %j',
    text => expect(parseLocation(text)).toBeNull()
  );
});

it('walks up to the list of buckets', () => {
  const seen = [];
  for (
    let place: ReturnType<typeof parentOf> = { bucket: 'b', prefix: 'x//y/' };
    place;
    place = parentOf(place)
  ) {
    seen.push(uriOf(place));
  }
  expect(seen).toEqual(['s3://b/x//y/', 's3://b/x//', 's3://b/x/', 's3://b/']);
});

it('lists the steps down to a place', () => {
  expect(pathTo({ bucket: 'b', prefix: 'x//y/' }).map(uriOf)).toEqual([
    's3://b/',
    's3://b/x/',
    's3://b/x//',
    's3://b/x//y/'
  ]);
});

it.each([
  ['a/b.csv', 'a/', 'b.csv'],
  ['a/b/', 'a/', 'b'],
  ['a', '', 'a'],
  ['a//', 'a/', ''],
  ['/a', '/', 'a']
])('splits %j', (key, folder, name) => {
  expect(folderOf(key)).toBe(folder);
  expect(nameOf(key)).toBe(name);
});
