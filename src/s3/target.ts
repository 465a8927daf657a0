import type { Entry } from './entry';
import { type ILocation, nameOf, parseLocation } from './location';

/** What an action is done to: an object, all below a prefix that ends in a slash, or a bucket, whose key is empty. */
export interface ITarget {
  readonly bucket: string;
  readonly key: string;
  readonly name: string;
}

export function isObject(target: ITarget): boolean {
  return target.key !== '' && !target.key.endsWith('/');
}

/** The rows of a place. */
export function targetsOf(entries: readonly Entry[], location: ILocation | null): ITarget[] {
  return entries.flatMap(entry => {
    if (entry.kind === 'bucket') {
      return [{ bucket: entry.name, key: '', name: entry.name }];
    }
    return location ? [{ bucket: location.bucket, key: entry.key, name: entry.name }] : [];
  });
}

/** The target of an address; none where it names no place in S3. */
export function targetAt(uri: string): ITarget[] {
  const place = parseLocation(uri);
  return place
    ? [{ bucket: place.bucket, key: place.prefix, name: nameOf(place.prefix) || place.bucket }]
    : [];
}

export function targetUri({ bucket, key }: ITarget): string {
  return `s3://${bucket}/${key}`;
}
