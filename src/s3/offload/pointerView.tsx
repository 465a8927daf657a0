import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Button } from '../../common/button';
import { formatSize, formatTime } from '../../common/format';
import { EmptyView } from '../../common/stateView';
import { bucketIcon } from '../icons';

/** What a `NAME.offloaded` file says: `Pointer` of the server's `s3/pointer.py`. */
export interface IPointer {
  readonly bucket: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly offloaded_at: string;
}

/** The pointer in a text, or null where it is none. */
export function parsePointer(text: string): IPointer | null {
  try {
    const value = JSON.parse(text) as Partial<IPointer> | null;
    return typeof value?.bucket === 'string' &&
      typeof value.key === 'string' &&
      typeof value.size === 'number' &&
      typeof value.offloaded_at === 'string'
      ? (value as IPointer)
      : null;
  } catch {
    return null;
  }
}

/** A file that lies in S3, and the button that brings it back. */
export function PointerView(props: {
  pointer: IPointer | null;
  name: string;
  onRestore(): void;
  onShow(uri: string): void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { pointer, name, trans } = props;
  if (!pointer) {
    return <EmptyView title={trans.__('This file is no pointer to a file in S3')} />;
  }
  const uri = `s3://${pointer.bucket}/${pointer.key}`;
  return (
    <EmptyView
      icon={bucketIcon}
      title={trans.__('%1 lies in S3', name)}
      hint={trans.__(
        '%1, moved to %2 on %3.',
        formatSize(pointer.size),
        uri,
        formatTime(pointer.offloaded_at)
      )}
    >
      <Button label={trans.__('Bring it back')} primary onClick={props.onRestore} />
      <Button label={trans.__('Show in S3')} onClick={() => props.onShow(uri)} />
    </EmptyView>
  );
}
