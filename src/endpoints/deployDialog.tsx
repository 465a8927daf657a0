import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployRequest } from '../api/types';
import { DialogBody } from '../common/dialogBody';
import { formatDollars } from '../common/format';
import { useLoaded } from '../common/useLoaded';
import type { EndpointsService } from './service';

/** Of CreateEndpoint: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html */
const ENDPOINT_NAME = '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}';

const INSTANCE_TYPE = 'ml\\.[a-z0-9\\-]+\\.[a-z0-9\\-]+';
const TYPE = new RegExp(`^${INSTANCE_TYPE}$`);

/** Small and general types to begin with; any other can be typed. */
const SUGGESTED_TYPES = [
  'ml.t2.medium',
  'ml.m5.large',
  'ml.m5.xlarge',
  'ml.c5.large',
  'ml.c5.xlarge',
  'ml.g4dn.xlarge',
  'ml.g5.xlarge'
];

/** Hours of the 30 days for which the price is also told: an endpoint is easily forgotten. */
const HOURS = 30 * 24;

interface IDeployOptions {
  jobName: string;
  /** The far end is the sandbox. */
  sandbox: boolean;
  service: EndpointsService;
  trans: TranslationBundle;
}

/** Ask how to deploy a job's model, with the price in view; null where the user thought better of it. */
export async function askDeployment(options: IDeployOptions): Promise<DeployRequest | null> {
  const { trans } = options;
  const { button, value } = await showDialog({
    title: trans.__('Deploy the model'),
    body: new DeployBody(options),
    buttons: [
      Dialog.cancelButton(),
      Dialog.okButton({
        label: trans.__('Deploy'),
        caption: trans.__('Create the model, its configuration and the endpoint')
      })
    ],
    // The paid button is never the one that Enter presses by accident.
    defaultButton: 0,
    focusNodeSelector: '#smext-deploy-name'
  });
  return button.accept ? value : null;
}

class DeployBody extends DialogBody implements Dialog.IBodyWidget<DeployRequest> {
  constructor(private readonly _options: IDeployOptions) {
    super();
    this.addClass('jp-smext-DialogForm');
  }

  getValue(): DeployRequest {
    const field = (id: string) =>
      this.node.querySelector<HTMLInputElement>(`#smext-deploy-${id}`)?.value.trim() ?? '';
    return {
      training_job_name: this._options.jobName,
      endpoint_name: field('name') || null,
      instance_type: field('type'),
      initial_instance_count: Number(field('count')),
      image: null,
      entry_point: null,
      environment: {},
      execution_role_arn: null
    };
  }

  protected render(): JSX.Element {
    return <DeployForm {...this._options} />;
  }
}

function DeployForm(props: IDeployOptions): JSX.Element {
  const { jobName, trans } = props;
  const [type, setType] = React.useState('ml.m5.large');
  const [count, setCount] = React.useState(1);
  return (
    <>
      <p>
        {trans.__('Training job')} <strong>{jobName}</strong>
      </p>
      <label htmlFor="smext-deploy-name">{trans.__('Endpoint name')}</label>
      <input
        id="smext-deploy-name"
        className="jp-mod-styled"
        defaultValue={endpointName(jobName)}
        pattern={ENDPOINT_NAME}
        title={trans.__('Letters, digits and hyphens, at most 63')}
        required
        spellCheck={false}
        autoComplete="off"
      />
      <label htmlFor="smext-deploy-type">{trans.__('Instance type')}</label>
      <input
        id="smext-deploy-type"
        className="jp-mod-styled"
        value={type}
        onChange={event => setType(event.target.value)}
        list="smext-deploy-types"
        pattern={INSTANCE_TYPE}
        required
        spellCheck={false}
        autoComplete="off"
      />
      <datalist id="smext-deploy-types">
        {SUGGESTED_TYPES.map(each => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <label htmlFor="smext-deploy-count">{trans.__('Instances')}</label>
      <input
        id="smext-deploy-count"
        className="jp-mod-styled"
        type="number"
        min={1}
        step={1}
        value={count || ''}
        onChange={event => setCount(event.target.valueAsNumber || 0)}
        required
      />
      <Cost {...props} type={type.trim()} count={count} />
    </>
  );
}

/** What so many instances cost until the endpoint is deleted. */
function Cost(props: IDeployOptions & { type: string; count: number }): JSX.Element {
  const { service, type, count, sandbox, trans } = props;
  const load = React.useCallback(
    () => (TYPE.test(type) ? service.price(type) : Promise.resolve(null)),
    [service, type]
  );
  const { value: price, loading } = useLoaded(load);
  const known = price?.instance_type === type ? price.usd_per_hour : null;
  return (
    <div className="jp-smext-DialogForm-cost" role="status" aria-busy={loading}>
      {typeof known === 'number' && count > 0 ? (
        <strong
          title={trans.__(
            'US dollars on demand, without tax, discounts, storage and data; price of %1',
            price?.as_of ?? ''
          )}
        >
          {price?.exact
            ? trans.__(
                '%1 an hour, %2 in 30 days',
                formatDollars(known * count, 3),
                formatDollars(known * count * HOURS)
              )
            : trans.__(
                'About %1 an hour, %2 in 30 days',
                formatDollars(known * count, 3),
                formatDollars(known * count * HOURS)
              )}
        </strong>
      ) : (
        <strong>{loading ? trans.__('Looking the price up…') : trans.__('No price known')}</strong>
      )}
      <p>
        {sandbox
          ? trans.__('The sandbox bills nothing. On AWS an endpoint is billed until it is deleted.')
          : trans.__(
              'It is billed for each instance from its start until the endpoint is deleted, used or not.'
            )}
      </p>
    </div>
  );
}

/** The job's name, as far as it fits. */
function endpointName(jobName: string): string {
  return jobName.slice(0, 63).replace(/-+$/, '');
}
