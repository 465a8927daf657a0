import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Endpoint } from '../api/types';
import { ErrorView } from '../common/errorView';
import { Facts } from '../common/facts';
import { formatTime } from '../common/format';
import { HeadName } from '../common/headName';
import { EmptyView, LoadingView } from '../common/stateView';
import { endpointStatus, Status } from '../common/status';
import { WhyButton } from '../common/whyButton';
import type { EndpointModel } from './endpointModel';
import { endpointIcon } from './icon';
import { InvokeView } from './invokeView';

export interface IEndpointViewProps {
  model: EndpointModel;
  trans: TranslationBundle;
  onDelete: () => void;
  /** Open the job that made the model; null where jobs are switched off. */
  openJob: ((name: string) => void) | null;
  /** Open an s3:// URI in the S3 browser; null where there is none. */
  openS3: ((uri: string) => void) | null;
}

/** One endpoint: its state, what it serves, and a way to try it. */
export function EndpointView(props: IEndpointViewProps): JSX.Element {
  return <UseSignal signal={props.model.changed}>{() => <View {...props} />}</UseSignal>;
}

function View(props: IEndpointViewProps): JSX.Element {
  const { model, trans } = props;
  const { endpoint } = model;
  if (model.gone) {
    return (
      <EmptyView
        icon={endpointIcon}
        title={trans.__('This endpoint was deleted')}
        hint={trans.__('%1 no longer exists.', model.name)}
      />
    );
  }
  if (!endpoint) {
    return model.error ? (
      <ErrorView error={model.error} trans={trans} onRetry={() => void model.refresh()} />
    ) : (
      <LoadingView trans={trans} />
    );
  }
  return (
    <>
      <Head {...props} endpoint={endpoint} />
      {model.error && (
        <ErrorView error={model.error} trans={trans} onRetry={() => void model.refresh()} />
      )}
      {endpoint.failure_reason && (
        <section className="jp-smext-Failure" role="alert">
          <h3>{trans.__('Why it failed')}</h3>
          <pre tabIndex={0}>{endpoint.failure_reason}</pre>
          <WhyButton
            refusal={{ text: `FailureReason: ${endpoint.failure_reason}` }}
            trans={trans}
          />
        </section>
      )}
      <div className="jp-smext-Endpoint-body">
        <InvokeView
          model={model}
          inService={endpoint.endpoint_status === 'InService'}
          trans={trans}
        />
        <Variants {...props} endpoint={endpoint} />
      </div>
    </>
  );
}

function Head(props: IEndpointViewProps & { endpoint: Endpoint }): JSX.Element {
  const { endpoint, trans, openJob } = props;
  const deleting = endpoint.endpoint_status === 'Deleting';
  return (
    <div className="jp-smext-Head">
      <div className="jp-smext-Head-row">
        <HeadName name={endpoint.endpoint_name} trans={trans} />
        <span className="jp-smext-Head-actions">
          <button
            type="button"
            className="jp-Button jp-mod-styled jp-mod-warn jp-smext-Button"
            disabled={deleting}
            onClick={props.onDelete}
          >
            {trans.__('Delete…')}
          </button>
        </span>
      </div>
      <div className="jp-smext-Head-row" role="status">
        <Status {...endpointStatus(endpoint.endpoint_status, trans)} />
      </div>
      <dl className="jp-smext-Head-facts">
        <div>
          <dt>{trans.__('Created')}</dt>
          <dd>{formatTime(endpoint.creation_time)}</dd>
        </div>
        {endpoint.training_job_name && (
          <div>
            <dt>{trans.__('Training job')}</dt>
            <dd>
              {openJob ? (
                <button
                  type="button"
                  className="jp-smext-Link"
                  onClick={() => openJob(endpoint.training_job_name!)}
                >
                  {endpoint.training_job_name}
                </button>
              ) : (
                endpoint.training_job_name
              )}
            </dd>
          </div>
        )}
        {endpoint.endpoint_config_name && (
          <div>
            <dt>{trans.__('Configuration')}</dt>
            <dd>{endpoint.endpoint_config_name}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}

function Variants(props: IEndpointViewProps & { endpoint: Endpoint }): JSX.Element {
  const { endpoint, trans, openS3 } = props;
  return (
    <section className="jp-smext-Variants">
      <h3>{trans.__('Production variants')}</h3>
      {endpoint.variants.map(variant => (
        <Facts
          key={variant.variant_name}
          facts={[
            [trans.__('Variant'), variant.variant_name],
            [
              trans.__('Instances'),
              variant.instance_type
                ? `${variant.current_instance_count ?? 0} × ${variant.instance_type}`
                : trans.__('serverless')
            ],
            [trans.__('Model'), variant.model_name],
            [
              trans.__('Model data'),
              openS3 && variant.model_data_url ? (
                <button
                  type="button"
                  className="jp-smext-Link"
                  onClick={() => openS3(variant.model_data_url!)}
                >
                  {variant.model_data_url}
                </button>
              ) : (
                variant.model_data_url
              )
            ],
            [trans.__('Image'), variant.image]
          ]}
        />
      ))}
      {endpoint.variants.length === 0 && <p>{trans.__('None')}</p>}
    </section>
  );
}
