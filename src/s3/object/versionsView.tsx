import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { SmextError } from '../../api/client';
import type { ObjectReference, ObjectVersion } from '../../api/types';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import { formatSize, formatTime } from '../../common/format';
import { type IColumn, Listing } from '../../common/listing';
import { LoadingView } from '../../common/stateView';
import type { ObjectService } from './service';

export interface IVersionsViewProps {
  object: ObjectReference;
  service: ObjectService;
  onDownload(object: ObjectReference): void;
  /** The latest version is another one now. */
  onChanged(): void;
  trans: TranslationBundle;
}

/** The versions of an object, and what can be done with an older one. */
export function VersionsView(props: IVersionsViewProps): React.ReactElement {
  const { object, service, trans } = props;
  const { bucket, key } = object;
  const [versions, setVersions] = React.useState<readonly ObjectVersion[]>([]);
  // Undefined: the first page is not there yet. Null: there is no further one.
  const [next, setNext] = React.useState<string | null | undefined>(undefined);
  const [error, setError] = React.useState<SmextError | null>(null);
  const [selected, setSelected] = React.useState<ReadonlySet<string>>(new Set());

  const load = React.useCallback(
    async (marker: string | null) => {
      try {
        const page = await service.versions(bucket, key, marker);
        setVersions(before => (marker === null ? page.versions : [...before, ...page.versions]));
        setNext(page.version_id_marker);
        setError(null);
      } catch (reason) {
        setError(SmextError.from(reason));
      }
    },
    [service, bucket, key]
  );
  React.useEffect(() => void load(null), [load]);

  const chosen = versions.find(each => selected.has(each.version_id)) ?? null;
  const reference = (version: ObjectVersion): ObjectReference => ({
    bucket,
    key,
    version_id: version.version_id
  });
  const change = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
      await load(null);
      props.onChanged();
    } catch (reason) {
      setError(SmextError.from(reason));
    }
  };

  const remove = async (version: ObjectVersion): Promise<void> => {
    if (await confirmDeletion(version, trans)) {
      await change(() => service.deleteVersion(reference(version)));
    }
  };

  return (
    <div className="jp-smext-Versions">
      <div className="jp-smext-Details-buttons">
        <Button
          label={trans.__('Download')}
          disabled={!chosen || chosen.delete_marker}
          onClick={() => chosen && props.onDownload(reference(chosen))}
        />
        <Button
          label={trans.__('Make it the latest')}
          disabled={!chosen || chosen.latest || chosen.delete_marker}
          onClick={() => chosen && void change(() => service.restoreVersion(reference(chosen)))}
        />
        <Button
          label={chosen?.delete_marker ? trans.__('Undelete…') : trans.__('Delete for good…')}
          disabled={!chosen}
          onClick={() => chosen && void remove(chosen)}
        />
      </div>
      {error && <ErrorView error={error} onRetry={() => void load(null)} trans={trans} />}
      <Listing
        label={trans.__('Versions of %1', key)}
        rows={versions}
        columns={columns(trans)}
        keyOf={version => version.version_id}
        nameOf={version => version.version_id}
        selected={selected}
        onSelect={keys => setSelected(new Set([...keys].slice(-1)))}
        onOpen={version => !version.delete_marker && props.onDownload(reference(version))}
        onMore={next ? () => void load(next) : undefined}
        placeholder={next === undefined && !error ? <LoadingView trans={trans} /> : null}
        trans={trans}
      />
    </div>
  );
}

function columns(trans: TranslationBundle): IColumn<ObjectVersion>[] {
  return [
    {
      id: 'modified',
      label: trans.__('Modified'),
      track: '180px',
      render: version => formatTime(version.last_modified)
    },
    {
      id: 'what',
      label: trans.__('What'),
      track: '110px',
      render: version =>
        version.delete_marker
          ? trans.__('deleted')
          : version.latest
            ? trans.__('latest')
            : trans.__('older')
    },
    {
      id: 'version',
      label: trans.__('Version'),
      track: 'minmax(0, 1fr)',
      hideBelow: 480,
      render: version => version.version_id
    },
    {
      id: 'class',
      label: trans.__('Storage class'),
      track: '140px',
      hideBelow: 640,
      render: version => version.storage_class
    },
    {
      id: 'size',
      label: trans.__('Size'),
      track: '90px',
      align: 'end',
      render: version => (version.size === null ? null : formatSize(version.size))
    }
  ];
}

async function confirmDeletion(version: ObjectVersion, trans: TranslationBundle): Promise<boolean> {
  const { button } = await showDialog({
    title: version.delete_marker
      ? trans.__('Undelete the object?')
      : trans.__('Delete this version for good?'),
    body: version.delete_marker
      ? trans.__('The delete marker goes, and the version before it is the latest again.')
      : trans.__('The version of %1 cannot be brought back.', formatTime(version.last_modified)),
    buttons: [
      Dialog.cancelButton(),
      version.delete_marker
        ? Dialog.okButton({ label: trans.__('Undelete') })
        : Dialog.warnButton({ label: trans.__('Delete') })
    ],
    defaultButton: 0
  });
  return button.accept;
}
