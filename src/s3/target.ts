import type { Entry } from './entry';
import { folderOf, type ILocation, nameOf, parseLocation } from './location';

/** What an action is done to: an object, all below a prefix that ends in a slash, or a bucket, whose key is empty. */
export interface ITarget {
  readonly bucket: string;
  readonly key: string;
  readonly name: string;
  /** Bytes, of an object; null where it is not known. */
  readonly size: number | null;
  /** It was chosen among the pinned places: it can be used from there, but not be changed. */
  readonly pinned?: boolean;
}

export function isObject(target: ITarget): boolean {
  return target.key !== '' && !target.key.endsWith('/');
}

export function isBucket(target: ITarget): boolean {
  return target.key === '';
}

/** The rows of a place. */
export function targetsOf(entries: readonly Entry[], location: ILocation | null): ITarget[] {
  return entries.flatMap(entry => {
    if (entry.kind === 'place') {
      const { bucket, prefix } = entry.location;
      return [{ bucket, key: prefix, name: nameOf(prefix) || bucket, size: null, pinned: true }];
    }
    const { key, name } = entry;
    if (entry.kind === 'bucket') {
      return [{ bucket: name, key: '', name, size: null }];
    }
    const size = entry.kind === 'object' ? entry.size : null;
    return location ? [{ bucket: location.bucket, key, name, size }] : [];
  });
}

/** The target of an address; none where it names no place in S3. */
export function targetAt(uri: string): ITarget[] {
  const place = parseLocation(uri);
  if (!place) {
    return [];
  }
  const { bucket, prefix: key } = place;
  return [{ bucket, key, name: nameOf(key) || bucket, size: null }];
}

export function targetUri({ bucket, key }: ITarget): string {
  return `s3://${bucket}/${key}`;
}

/** The folder that a target lies in. */
export function folderOfTarget({ bucket, key }: ITarget): ILocation {
  return { bucket, prefix: folderOf(key) };
}
