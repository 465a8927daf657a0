import * as React from 'react';
import { ErrorView } from '../common/errorView';
import { LoadingView } from '../common/stateView';
import { useLoaded } from '../common/useLoaded';
import type { IDomainViewProps } from './domainView';

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
      <div
        className="jp-smext-StudioScroll"
        tabIndex={0}
        role="region"
        aria-label={trans.__('Images')}
      >
        <table className="jp-smext-StudioTable">
          <thead>
            <tr>
              <th scope="col">{trans.__('Image')}</th>
              <th scope="col">{trans.__('Versions')}</th>
              <th scope="col">{trans.__('Belongs to')}</th>
            </tr>
          </thead>
          <tbody>
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
          </tbody>
        </table>
      </div>
    </div>
  );
}
