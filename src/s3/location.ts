import { URLExt } from '@jupyterlab/coreutils';

/** A place to list: a bucket (its name, an access point's alias or ARN) and a prefix in it, empty for its root. */
export interface ILocation {
  readonly bucket: string;
  readonly prefix: string;
}

const ACCESS_POINT =
  /^(arn:aws[\w-]*:s3[\w-]*:[\w-]*:\d{12}:accesspoint[:/][\w.-]+)(?:\/(?:object\/)?([^]*))?$/;
const BUCKET_ARN = /^arn:aws[\w-]*:s3:::([^/]+)(?:\/([^]*))?$/;
const BUCKET_AND_KEY = /^([^/]+)(?:\/([^]*))?$/;
const CONSOLE_PATH = /^\/s3\/(?:buckets|object)\/([^/]+)/;

/**
 * Understand what people paste: an s3:// URI, an ARN, the address of a bucket in the console, or `bucket/prefix`.
 *
 * Keys are taken as they are. Answers null for what names no place in S3.
 */
export function parseLocation(text: string): ILocation | null {
  const trimmed = text.trimStart();
  if (/^https?:\/\//.test(trimmed)) {
    return inConsole(trimmed);
  }
  const rest = trimmed.replace(/^s3[an]?:\/\//, '');
  const match = rest.startsWith('arn:')
    ? (ACCESS_POINT.exec(rest) ?? BUCKET_ARN.exec(rest))
    : BUCKET_AND_KEY.exec(rest);
  return match && { bucket: match[1].trimEnd(), prefix: match[2] ?? '' };
}

function inConsole(address: string): ILocation | null {
  const { hostname, pathname, search } = URLExt.parse(address);
  const match = CONSOLE_PATH.exec(pathname);
  if (!match || !hostname.includes('console.')) {
    return null;
  }
  return {
    bucket: decodeURIComponent(match[1]),
    prefix: new URLSearchParams(search).get('prefix') ?? ''
  };
}

export function uriOf(location: ILocation | null): string {
  return location ? `s3://${location.bucket}/${location.prefix}` : 's3://';
}

/** The place above; null above a bucket: the list of buckets. */
export function parentOf({ bucket, prefix }: ILocation): ILocation | null {
  return prefix === '' ? null : { bucket, prefix: folderOf(prefix) };
}

/** The prefix in which a key or prefix lies, with its slash at the end. */
export function folderOf(key: string): string {
  return key.slice(0, key.replace(/\/$/, '').lastIndexOf('/') + 1);
}

/** The last part of a key or prefix, without its slash at the end. */
export function nameOf(key: string): string {
  const name = key.slice(folderOf(key).length);
  return name.replace(/\/$/, '');
}

/** The places on the way from the bucket to a location, the bucket first and the location itself last. */
export function pathTo({ bucket, prefix }: ILocation): ILocation[] {
  const places: ILocation[] = [{ bucket, prefix: '' }];
  for (let end = prefix.indexOf('/'); end >= 0; end = prefix.indexOf('/', end + 1)) {
    places.push({ bucket, prefix: prefix.slice(0, end + 1) });
  }
  return places;
}
