import type { TranslationBundle } from '@jupyterlab/translation';
import { folderFavoriteIcon, folderIcon, type LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { formatRelative, formatSize, formatTime } from '../common/format';
import type { IColumn } from '../common/listing';
import type { Entry } from './entry';
import { bucketIcon } from './icons';

export type IconOf = (name: string) => LabIcon;

export function bucketColumns(trans: TranslationBundle): IColumn<Entry>[] {
  return [
    nameColumn(trans, () => bucketIcon),
    {
      id: 'region',
      label: trans.__('Region'),
      track: '120px',
      hideBelow: 340,
      sortable: true,
      render: entry => (entry.kind === 'bucket' ? entry.region : null)
    },
    {
      id: 'created',
      label: trans.__('Created'),
      track: '130px',
      hideBelow: 480,
      align: 'end',
      sortable: true,
      render: entry => (entry.kind === 'bucket' ? <Moment at={entry.created} /> : null)
    }
  ];
}

export function objectColumns(trans: TranslationBundle, iconOf: IconOf): IColumn<Entry>[] {
  return [
    nameColumn(trans, iconOf),
    {
      id: 'class',
      label: trans.__('Storage class'),
      track: '150px',
      hideBelow: 640,
      sortable: true,
      render: entry => (entry.kind === 'object' ? entry.storageClass : null)
    },
    {
      id: 'modified',
      label: trans.__('Modified'),
      track: '120px',
      hideBelow: 360,
      align: 'end',
      sortable: true,
      render: entry => (entry.kind === 'object' ? <Moment at={entry.modified} /> : null)
    },
    {
      id: 'size',
      label: trans.__('Size'),
      track: '84px',
      hideBelow: 200,
      align: 'end',
      sortable: true,
      render: entry => (entry.kind === 'object' ? formatSize(entry.size) : null)
    }
  ];
}

function nameColumn(trans: TranslationBundle, iconOf: IconOf): IColumn<Entry> {
  return {
    id: 'name',
    label: trans.__('Name'),
    track: 'minmax(0, 1fr)',
    sortable: true,
    render: entry => {
      const Icon =
        entry.kind === 'place'
          ? folderFavoriteIcon
          : entry.kind === 'prefix'
            ? folderIcon
            : iconOf(entry.name);
      return (
        <>
          <Icon.react tag="span" className="jp-smext-S3-icon" aria-hidden="true" />
          {entry.name ? (
            <bdi className="jp-smext-S3-name">{entry.name}</bdi>
          ) : (
            // A key may have nothing between two slashes.
            <em className="jp-smext-S3-name">{trans.__('(empty name)')}</em>
          )}
        </>
      );
    }
  };
}

/** A moment as seen from now, with the exact time as tooltip. */
export function Moment(props: { at: string | null }): React.ReactElement | null {
  return props.at ? (
    <time dateTime={props.at} title={formatTime(props.at)}>
      {formatRelative(props.at)}
    </time>
  ) : null;
}
