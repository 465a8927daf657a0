import type { Bucket, ObjectPage, Place, S3Object } from '../api/types';
import { type ILocation, nameOf } from './location';

export interface IBucketEntry {
  readonly kind: 'bucket';
  readonly key: string;
  readonly name: string;
  readonly region: string | null;
  readonly created: string | null;
}

export interface IPrefixEntry {
  readonly kind: 'prefix';
  readonly key: string;
  readonly name: string;
}

export interface IObjectEntry {
  readonly kind: 'object';
  readonly key: string;
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  readonly modified: string;
  readonly storageClass: string;
}

/** A place that the user pinned, on top of the buckets. */
export interface IPlaceEntry {
  readonly kind: 'place';
  /** Its address. */
  readonly key: string;
  readonly name: string;
  readonly location: ILocation;
}

/** A row of the browser. */
export type Entry = IPlaceEntry | IBucketEntry | IPrefixEntry | IObjectEntry;

/** Unique among the rows of one place: a prefix and an object may have the same key. */
export function entryKey(entry: Entry): string {
  return `${entry.kind}:${entry.key}`;
}

export function placeEntry({ bucket, prefix, uri, name }: Place): IPlaceEntry {
  const short = `${bucket}/${prefix}`.replace(/\/$/, '');
  return { kind: 'place', key: uri, name: name ?? short, location: { bucket, prefix } };
}

export function bucketEntry(bucket: Bucket): IBucketEntry {
  const { name, region, created } = bucket;
  return { kind: 'bucket', key: name, name, region, created };
}

/** Rows of a page. The empty object that stands for the listed folder itself is left out. */
export function pageEntries(page: ObjectPage, folder: string): Entry[] {
  return [
    ...page.prefixes.map((key): IPrefixEntry => ({ kind: 'prefix', key, name: nameOf(key) })),
    ...page.objects.filter(each => each.key !== folder || each.size > 0).map(objectEntry)
  ];
}

function objectEntry(object: S3Object): IObjectEntry {
  return {
    kind: 'object',
    key: object.key,
    name: nameOf(object.key),
    size: object.size,
    modified: object.last_modified,
    storageClass: object.storage_class
  };
}
