import { Notification } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { fileIcon, folderIcon, linkIcon, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { SmextError } from '../../api/client';
import type { ArchiveMember } from '../../api/types';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import { formatNumber, formatSize, formatTime } from '../../common/format';
import { type IColumn, Listing } from '../../common/listing';
import { EmptyView, LoadingView } from '../../common/stateView';
import type { ArchiveModel } from './model';

export interface IArchiveViewProps {
  /** It belongs to the view, which disposes of it. */
  newModel(): ArchiveModel;
  /** The folder that the file browser shows; null where there is none. */
  folder(): string | null;
  /** Shows what is in a member. */
  preview(member: string): React.ReactNode;
  trans: TranslationBundle;
}

/** The members of an archive: listed while the server reads it, looked into, taken out one by one. */
export function ArchiveView(props: IArchiveViewProps): React.ReactElement {
  const { newModel, trans } = props;
  const [model, setModel] = React.useState<ArchiveModel | null>(null);
  React.useEffect(() => {
    const made = newModel();
    setModel(made);
    void made.list();
    return () => made.dispose();
  }, [newModel]);
  return model ? (
    <UseSignal signal={model.changed}>{() => <Members {...props} model={model} />}</UseSignal>
  ) : (
    <LoadingView trans={trans} />
  );
}

function Members(props: IArchiveViewProps & { model: ArchiveModel }): React.ReactElement {
  const { model, trans } = props;
  const [selected, setSelected] = React.useState<ReadonlySet<string>>(new Set());
  const [opened, setOpened] = React.useState<string | null>(null);
  const [error, setError] = React.useState<SmextError | null>(null);
  const { members } = model;
  // Archives may hold the same name twice: a row is known by its place.
  const rows = React.useMemo(
    () => members.map((member, index) => ({ member, id: String(index) })),
    [members]
  );
  const chosen = members[Number([...selected][0] ?? NaN)] ?? null;
  const canOpen = chosen !== null && chosen.kind === 'file' && chosen.refused === null;
  const folder = props.folder();

  if (opened !== null) {
    return (
      <div className="jp-smext-Archive">
        <div className="jp-smext-Archive-bar">
          <Button label={trans.__('Back to the members')} onClick={() => setOpened(null)} />
          <span title={opened}>{opened}</span>
        </div>
        {props.preview(opened)}
      </div>
    );
  }

  const extract = async (member: ArchiveMember, into: string): Promise<void> => {
    try {
      await model.extract(member, into);
      setError(null);
      Notification.success(trans.__('%1 is in the file browser', member.name), {
        autoClose: 3000
      });
    } catch (reason) {
      setError(SmextError.from(reason));
    }
  };

  return (
    <div className="jp-smext-Archive">
      <div className="jp-smext-Archive-bar">
        <Button
          label={trans.__('Look inside')}
          disabled={!canOpen}
          onClick={() => chosen && setOpened(chosen.name)}
        />
        {folder !== null && (
          <Button
            label={trans.__('Extract to the file browser')}
            disabled={!canOpen}
            onClick={() => chosen && void extract(chosen, folder)}
          />
        )}
      </div>
      {error && <ErrorView error={error} trans={trans} />}
      <Listing
        label={trans.__('Members of the archive')}
        rows={rows}
        columns={columns(trans)}
        keyOf={row => row.id}
        nameOf={row => row.member.name}
        selected={selected}
        onSelect={keys => setSelected(new Set([...keys].slice(-1)))}
        onOpen={({ member }) =>
          member.kind === 'file' && member.refused === null && setOpened(member.name)
        }
        placeholder={
          model.error ? (
            <ErrorView error={model.error} onRetry={() => void model.list()} trans={trans} />
          ) : model.running ? (
            <LoadingView trans={trans} />
          ) : (
            <EmptyView title={trans.__('The archive is empty')} />
          )
        }
        footer={
          <span role="status" aria-busy={model.running}>
            {trans._n('%2 member', '%2 members', members.length, formatNumber(members.length))}
            {model.error && members.length > 0 ? ` · ${model.error.message}` : ''}
          </span>
        }
        trans={trans}
      />
    </div>
  );
}

interface IRow {
  member: ArchiveMember;
  id: string;
}

function columns(trans: TranslationBundle): IColumn<IRow>[] {
  return [
    {
      id: 'name',
      label: trans.__('Name'),
      track: 'minmax(0, 1fr)',
      render: ({ member }) => {
        const Icon =
          member.kind === 'folder' ? folderIcon : member.kind === 'link' ? linkIcon : fileIcon;
        return (
          <>
            <Icon.react tag="span" className="jp-smext-S3-icon" aria-hidden="true" />
            <bdi className="jp-smext-S3-name">{member.name}</bdi>
          </>
        );
      }
    },
    {
      id: 'refused',
      label: trans.__('Not taken out'),
      track: '200px',
      hideBelow: 560,
      render: ({ member }) => <span title={member.refused ?? ''}>{member.refused}</span>
    },
    {
      id: 'modified',
      label: trans.__('Modified'),
      track: '170px',
      hideBelow: 420,
      render: ({ member }) => member.modified && formatTime(member.modified)
    },
    {
      id: 'size',
      label: trans.__('Size'),
      track: '90px',
      align: 'end',
      render: ({ member }) => (member.kind === 'file' ? formatSize(member.size) : null)
    }
  ];
}
