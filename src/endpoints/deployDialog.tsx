import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { DeployRequest } from '../api/types';
import { DialogBody } from '../common/dialogBody';

/** Of CreateEndpoint: https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpoint.html */
const ENDPOINT_NAME = '[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}';

const INSTANCE_TYPE = 'ml\\.[a-z0-9\\-]+\\.[a-z0-9\\-]+';

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

/** Ask how to deploy a job's model; null where the user thought better of it. */
export async function askDeployment(
  jobName: string,
  sandbox: boolean,
  trans: TranslationBundle
): Promise<DeployRequest | null> {
  const body = new DeployBody(jobName, sandbox, trans);
  const { button, value } = await showDialog({
    title: trans.__('Deploy the model'),
    body,
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
  constructor(
    private readonly _jobName: string,
    private readonly _sandbox: boolean,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-smext-DialogForm');
  }

  getValue(): DeployRequest {
    const field = (id: string) =>
      this.node.querySelector<HTMLInputElement>(`#smext-deploy-${id}`)?.value.trim() ?? '';
    return {
      training_job_name: this._jobName,
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
    const trans = this._trans;
    return (
      <>
        <p>
          {trans.__('Training job')} <strong>{this._jobName}</strong>
        </p>
        <label htmlFor="smext-deploy-name">{trans.__('Endpoint name')}</label>
        <input
          id="smext-deploy-name"
          className="jp-mod-styled"
          defaultValue={endpointName(this._jobName)}
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
          defaultValue="ml.m5.large"
          list="smext-deploy-types"
          pattern={INSTANCE_TYPE}
          required
          spellCheck={false}
          autoComplete="off"
        />
        <datalist id="smext-deploy-types">
          {SUGGESTED_TYPES.map(type => (
            <option key={type} value={type} />
          ))}
        </datalist>
        <label htmlFor="smext-deploy-count">{trans.__('Instances')}</label>
        <input
          id="smext-deploy-count"
          className="jp-mod-styled"
          type="number"
          min={1}
          step={1}
          defaultValue={1}
          required
        />
        <p className="jp-smext-DialogForm-cost">
          {this._sandbox
            ? trans.__(
                'The sandbox bills nothing. On AWS an endpoint is billed until it is deleted.'
              )
            : trans.__(
                'It is billed for each instance from its start until the endpoint is deleted, used or not. The price is not known here.'
              )}
        </p>
      </>
    );
  }
}

/** The job's name, as far as it fits. */
function endpointName(jobName: string): string {
  return jobName.slice(0, 63).replace(/-+$/, '');
}
