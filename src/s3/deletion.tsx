import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { formatNumber, formatSize } from '../common/format';
import type { Entry } from './entry';
import type { S3Service } from './service';

/** Objects below prefixes that one deletion takes at most. */
const MOST = 10_000;
/** Names that the question shows. */
const SHOWN = 8;

/** What a deletion would remove. */
export interface IDeletion {
  readonly bucket: string;
  readonly keys: readonly string[];
  /** Bytes. */
  readonly size: number;
  /** There are more objects than one deletion takes. */
  readonly tooMany: boolean;
}

/** Find every object that goes with the chosen rows: those below a prefix, at any depth, go with it. */
export async function planDeletion(
  service: S3Service,
  bucket: string,
  entries: readonly Entry[]
): Promise<IDeletion> {
  const keys: string[] = [];
  let size = 0;
  for (const entry of entries) {
    if (entry.kind === 'object') {
      keys.push(entry.key);
      size += entry.size;
    } else if (entry.kind === 'prefix') {
      let token: string | null = null;
      do {
        const page = await service.list({
          bucket,
          prefix: entry.key,
          delimiter: '',
          ...(token !== null && { continuation_token: token })
        });
        for (const object of page.objects) {
          keys.push(object.key);
          size += object.size;
        }
        token = page.continuation_token;
      } while (token !== null && keys.length <= MOST);
    }
    if (keys.length > MOST) {
      return { bucket, keys, size, tooMany: true };
    }
  }
  return { bucket, keys, size, tooMany: false };
}

/** Ask whether to delete; names, count and size are in the question. */
export async function confirmDeletion(plan: IDeletion, trans: TranslationBundle): Promise<boolean> {
  const { bucket, keys, size } = plan;
  const { button } = await showDialog({
    title: trans._n(
      'Delete %2 object?',
      'Delete %2 objects?',
      keys.length,
      formatNumber(keys.length)
    ),
    body: (
      <div className="jp-smext-Deletion">
        <p>{trans.__('%1 in bucket %2:', formatSize(size), bucket)}</p>
        <ul>
          {keys.slice(0, SHOWN).map(key => (
            <li key={key}>{key}</li>
          ))}
          {keys.length > SHOWN && (
            <li>{trans.__('and %1 more', formatNumber(keys.length - SHOWN))}</li>
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

export async function refuseTooMany(trans: TranslationBundle): Promise<void> {
  await showDialog({
    title: trans.__('Too much at once'),
    body: trans.__(
      'There are more than %1 objects below the selected folders. Delete them folder by folder.',
      formatNumber(MOST)
    ),
    buttons: [Dialog.okButton()]
  });
}
