import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { dialogBody } from '../common/dialogBody';
import { formatNumber, formatSize } from '../common/format';
import type { S3Service } from './service';
import { isObject, type ITarget } from './target';

/** Objects that are counted before the question; S3 hands out a thousand with each request. */
const MOST_COUNTED = 10_000;
/** Names that the question shows. */
const SHOWN = 8;

/** What a deletion would remove. */
export interface IDeletion {
  readonly bucket: string;
  /** Objects that were chosen themselves. */
  readonly keys: readonly string[];
  /** Folders that were chosen; all below them goes. */
  readonly prefixes: readonly string[];
  /** Some of what goes, for the question. */
  readonly examples: readonly string[];
  readonly count: number;
  /** Bytes. */
  readonly size: number;
  /** There is more than was counted. */
  readonly more: boolean;
}

/** Look at what would go with targets of one bucket. */
export async function planDeletion(
  service: S3Service,
  bucket: string,
  targets: readonly ITarget[]
): Promise<IDeletion> {
  const objects = targets.filter(isObject);
  const keys = objects.map(each => each.key);
  const prefixes = targets.filter(each => !isObject(each)).map(each => each.key);
  const below: string[] = [];
  let size = objects.reduce((sum, each) => sum + (each.size ?? 0), 0);
  let more = false;
  for (const prefix of prefixes) {
    let token: string | null = null;
    do {
      const page = await service.list({ bucket, prefix, delimiter: '', continuation_token: token });
      for (const object of page.objects) {
        below.push(object.key);
        size += object.size;
      }
      token = page.continuation_token;
      more ||= token !== null && keys.length + below.length >= MOST_COUNTED;
    } while (token !== null && !more);
  }
  return {
    bucket,
    keys,
    prefixes,
    examples: [...keys, ...below].slice(0, SHOWN),
    count: keys.length + below.length,
    size,
    more
  };
}

/** Ask whether to delete; names, count and size are in the question. */
export async function confirmDeletion(plan: IDeletion, trans: TranslationBundle): Promise<boolean> {
  const { bucket, count, examples, more, size } = plan;
  const number = formatNumber(count);
  const { button } = await showDialog({
    title: more
      ? trans.__('Delete more than %1 objects?', number)
      : trans._n('Delete %2 object?', 'Delete %2 objects?', count, number),
    body: dialogBody(
      <div className="jp-smext-Deletion">
        <p>
          {more
            ? trans.__('More than %1 in bucket %2:', formatSize(size), bucket)
            : trans.__('%1 in bucket %2:', formatSize(size), bucket)}
        </p>
        <ul>
          {examples.map(key => (
            <li key={key}>{key}</li>
          ))}
          {count > examples.length && (
            <li>{trans.__('and %1 more', formatNumber(count - examples.length))}</li>
          )}
        </ul>
        <p>
          {trans.__(
            'Where the bucket keeps versions they can be restored; otherwise this cannot be undone.'
          )}
        </p>
      </div>
    ),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Delete') })],
    defaultButton: 0
  });
  return button.accept;
}
