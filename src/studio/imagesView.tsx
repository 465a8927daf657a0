import * as React from 'react';
import { ErrorView } from '../common/errorView';
import { LoadingView } from '../common/stateView';
import { useLoaded } from '../common/useLoaded';
import type { IDomainViewProps } from './domainView';
import { StudioTable } from './table';

/** The images that a space can run. */
export function ImagesView(props: IDomainViewProps): React.ReactElement {
  const { service, trans } = props;
  const { value, error, reload } = useLoaded(React.useCallback(() => service.images(), [service]));
  if (error) {
    return <ErrorView error={error} trans={trans} onRetry={reload} />;
  }
  if (!value) {
    return <LoadingView trans={trans} />;
  }
  return (
    <div className="jp-smext-StudioPage">
      {value.own_unknown && <ErrorView error={value.own_unknown} trans={trans} />}
      <StudioTable
        label={trans.__('Images')}
        columns={[trans.__('Image'), trans.__('Versions'), trans.__('Belongs to')]}
      >
        {value.images.map(image => (
          <tr key={image.sagemaker_image_arn ?? image.name}>
            <th scope="row" title={image.sagemaker_image_arn ?? undefined}>
              {image.name}
              {image.description && <small>{image.description}</small>}
            </th>
            <td>{image.version_aliases.join(', ') || trans.__('AWS decides')}</td>
            <td>{image.own ? trans.__('this account') : trans.__('AWS')}</td>
          </tr>
        ))}
      </StudioTable>
    </div>
  );
}
