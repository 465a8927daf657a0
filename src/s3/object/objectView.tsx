import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ObjectReference } from '../../api/types';
import { ErrorView } from '../../common/errorView';
import { formatSize, formatTime } from '../../common/format';
import { LoadingView } from '../../common/stateView';
import { Tabs } from '../../common/tabs';
import { useLoaded } from '../../common/useLoaded';
import type { ArchiveModel } from '../archive/model';
import { ArchiveView } from '../archive/view';
import { folderOf, nameOf } from '../location';
import { DetailsView } from './detailsView';
import { PreviewView } from './previewView';
import type { ObjectService } from './service';
import { VersionsView } from './versionsView';

export interface IObjectViewProps {
  object: ObjectReference;
  service: ObjectService;
  newArchive(object: ObjectReference): ArchiveModel;
  /** The folder that the file browser shows; null where there is none. */
  folder(): string | null;
  onDownload(object: ObjectReference): void;
  /** Go to the folder of the object. */
  onShowFolder(): void;
  trans: TranslationBundle;
}

/** One object: what is in it, all that S3 knows about it, and its versions. */
export function ObjectView(props: IObjectViewProps): React.ReactElement {
  const { object, service, trans } = props;
  const [tab, setTab] = React.useState('preview');
  const load = React.useCallback(() => service.details(object), [service, object]);
  const { value: details, error, reload } = useLoaded(load);
  const { newArchive: archiveOf } = props;
  const newArchive = React.useCallback(() => archiveOf(object), [archiveOf, object]);
  const folder = `s3://${object.bucket}/${folderOf(object.key)}`;
  return (
    <div className="jp-smext-Object">
      <header>
        <h2 title={object.key}>{nameOf(object.key) || object.key}</h2>
        <button
          type="button"
          className="jp-smext-LinkButton"
          title={trans.__('Show in the S3 browser')}
          onClick={props.onShowFolder}
        >
          {folder}
        </button>
        {details && (
          <span>
            {[
              formatSize(details.size),
              formatTime(details.last_modified),
              details.storage_class
            ].join(' · ')}
          </span>
        )}
      </header>
      <Tabs
        label={trans.__('Object')}
        current={tab}
        onChange={setTab}
        tabs={[
          {
            id: 'preview',
            label: trans.__('Preview'),
            content: () => (
              <PreviewView
                object={object}
                member={null}
                service={service}
                archive={() => (
                  <ArchiveView
                    newModel={newArchive}
                    folder={props.folder}
                    preview={member => (
                      <PreviewView
                        object={object}
                        member={member}
                        service={service}
                        archive={() => null}
                        trans={trans}
                      />
                    )}
                    trans={trans}
                  />
                )}
                trans={trans}
              />
            )
          },
          {
            id: 'details',
            label: trans.__('Details'),
            content: () =>
              error ? (
                <ErrorView error={error} onRetry={reload} trans={trans} />
              ) : details ? (
                <DetailsView
                  object={object}
                  details={details}
                  service={service}
                  onChanged={reload}
                  trans={trans}
                />
              ) : (
                <LoadingView trans={trans} />
              )
          },
          {
            id: 'versions',
            label: trans.__('Versions'),
            content: () => (
              <VersionsView
                object={object}
                service={service}
                onDownload={props.onDownload}
                onChanged={reload}
                trans={trans}
              />
            )
          }
        ]}
      />
    </div>
  );
}
