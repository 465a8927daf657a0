import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { StorageItem } from '../api/types';
import { Button } from '../common/button';
import { ErrorView } from '../common/errorView';
import { formatNumber, formatSize } from '../common/format';
import { EmptyView, LoadingView } from '../common/stateView';
import { useLoaded } from '../common/useLoaded';
import type { IDomainViewProps } from './domainView';
import { monthly, sourceOf } from './money';
import { StudioTable } from './table';

/** Moves files from the disk of this server to S3; it is there unless the S3 plugin is switched off. */
const OFFLOAD = 'smext:s3-offload';

/** What holds the data of a domain, and what it costs a month. */
export function StorageView(props: IDomainViewProps): React.ReactElement {
  const { model, service, commands, trans } = props;
  const load = React.useCallback(() => service.storage(model.name), [service, model]);
  const { value, error, reload } = useLoaded(load);
  if (error) {
    return <ErrorView error={error} trans={trans} onRetry={reload} />;
  }
  if (!value) {
    return <LoadingView trans={trans} />;
  }
  return (
    <div className="jp-smext-StudioPage">
      <p className="jp-smext-StudioTotal">
        <strong>{monthly(value.usd_per_month, trans)}</strong>
        {!value.complete && ` ${trans.__('of what has a known price; there is more')}`}
      </p>
      {value.truncated && <p>{trans.__('There are more spaces than were looked at.')}</p>}
      {value.unknown.map((each, index) => (
        <ErrorView key={index} error={each} trans={trans} />
      ))}
      {value.items.length > 0 ? (
        <StudioTable
          label={trans.__('Storage')}
          columns={[
            trans.__('What'),
            trans.__('Name'),
            trans.__('Size'),
            trans.__('Used'),
            trans.__('Cost')
          ]}
        >
          {value.items.map(item => (
            <tr key={`${item.kind} ${item.name}`} title={item.note ?? undefined}>
              <th scope="row">{kindOf(item, trans)}</th>
              <td>
                {item.name}
                {item.mounted_at && <small>{trans.__('here at %1', item.mounted_at)}</small>}
                {item.error && <small>{item.error.message}</small>}
              </td>
              <td>
                {item.size_gb === null
                  ? trans.__('not known')
                  : trans.__('%1 GB', formatNumber(item.size_gb, 1))}
              </td>
              <td>{item.used_bytes === null ? '–' : formatSize(item.used_bytes)}</td>
              <td title={sourceOf(item.price, trans)}>{monthly(item.usd_per_month, trans)}</td>
            </tr>
          ))}
        </StudioTable>
      ) : (
        <EmptyView title={trans.__('Nothing is stored')} />
      )}
      <div className="jp-smext-StudioBar">
        {commands.hasCommand(OFFLOAD) && (
          <Button
            label={trans.__('Move files of this server to S3…')}
            onClick={() => void commands.execute(OFFLOAD)}
          />
        )}
        <Button label={trans.__('Look again')} onClick={reload} />
      </div>
    </div>
  );
}

function kindOf(item: StorageItem, trans: TranslationBundle): string {
  switch (item.kind) {
    case 'space_volume':
      return trans.__('Volume of a space');
    case 'home_efs':
      return trans.__('Home file system (EFS)');
    case 'custom_efs':
      return trans.__('Own file system (EFS)');
    case 'custom_fsx_lustre':
      return trans.__('Own file system (FSx)');
    case 'custom_s3':
      return trans.__('Mounted S3');
  }
}
