import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { DomainSetupPlan, DomainSetupRequest } from '../api/types';
import { Button } from '../common/button';
import { ErrorView } from '../common/errorView';
import { LoadingView } from '../common/stateView';
import { Status } from '../common/status';
import { useLoaded } from '../common/useLoaded';
import { RunningTask } from '../tasks/runningTask';
import { useTask } from '../tasks/useTask';
import type { ITasks } from '../tokens';
import { Problems } from './problems';
import type { StudioService } from './service';
import { SPACE_NAME } from './spaceFields';
import { useSettled } from './useSettled';
import { StudioTable } from './table';

/** Milliseconds without a key before the plan is asked for. */
const PLAN_DELAY = 400;

export interface ISetupViewProps {
  service: StudioService;
  tasks: ITasks;
  openDomain(domainId: string): void;
  /** There is a domain that was not there before. */
  onDone(): void;
  trans: TranslationBundle;
}

interface ISetupResult {
  domain_id: string;
  user_profile_name: string;
}

/** Set Studio up for one person: what would be made, why, and at what cost; then make it. */
export function SetupView(props: ISetupViewProps): React.ReactElement {
  const { service, tasks, trans } = props;
  const [request, setRequest] = React.useState<DomainSetupRequest>({});
  const settled = useSettled(request, PLAN_DELAY);
  const plan = useLoaded(React.useCallback(() => service.planSetup(settled), [service, settled]));
  const { run, start } = useTask<ISetupResult>(tasks, true);
  const setUp = async (planned: DomainSetupPlan) => {
    await start(() => service.setUp(planned.request));
    props.onDone();
  };
  const current = plan.loading || settled !== request ? null : plan.value;
  return (
    <div className="jp-smext-StudioSetup">
      <h2>{trans.__('Set Studio up')}</h2>
      <p>
        {trans.__(
          'A domain and a user profile for one person. It takes some minutes; nothing is made before you say so.'
        )}
      </p>
      {run.state === 'idle' || run.state === 'failed' ? (
        <>
          {plan.value && (
            <Fields plan={plan.value} request={request} onChange={setRequest} trans={trans} />
          )}
          {plan.error && <ErrorView error={plan.error} trans={trans} onRetry={plan.reload} />}
          {!plan.value && !plan.error && <LoadingView trans={trans} />}
          {plan.value && <Steps plan={plan.value} trans={trans} />}
          {current && <Problems problems={current.problems} trans={trans} />}
          {run.state === 'failed' && <ErrorView error={run.error} trans={trans} />}
          <div className="jp-smext-StudioForm-bar">
            <Button
              primary
              label={trans.__('Set Studio up')}
              disabled={!current?.ready}
              onClick={() => current && void setUp(current)}
            />
            <span className="jp-smext-StudioPrice">
              {trans.__(
                'The domain and the user profile cost nothing by themselves; spaces and their volumes do.'
              )}
            </span>
          </div>
        </>
      ) : run.state === 'running' ? (
        <RunningTask id={run.id} tasks={tasks} trans={trans} />
      ) : (
        <div role="status">
          <Status
            kind="good"
            word={trans.__(
              'The domain %1 is ready, with the user profile %2.',
              run.result.domain_id,
              run.result.user_profile_name
            )}
          />
          <div className="jp-smext-StudioBar">
            <Button
              primary
              label={trans.__('Open the domain')}
              onClick={() => props.openDomain(run.result.domain_id)}
            />
          </div>
        </div>
      )}
    </div>
  );
}

function Fields(props: {
  plan: DomainSetupPlan;
  request: DomainSetupRequest;
  onChange(request: DomainSetupRequest): void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { plan, request, onChange, trans } = props;
  const id = React.useId();
  // What was typed counts; the plan fills in the rest.
  const shown = { ...plan.request, ...request };
  const text =
    (name: 'domain_name' | 'user_profile_name' | 'execution_role_arn' | 'vpc_id') =>
    (event: React.ChangeEvent<HTMLInputElement | HTMLSelectElement>) =>
      onChange({
        ...request,
        [name]: event.target.value.trim() || null,
        // Subnets are those of a VPC: another VPC has others.
        ...(name === 'vpc_id' ? { subnet_ids: [] } : {})
      });
  const number =
    (name: 'default_ebs_volume_size_in_gb' | 'maximum_ebs_volume_size_in_gb') =>
    (event: React.ChangeEvent<HTMLInputElement>) =>
      onChange({ ...request, [name]: Number(event.target.value) || undefined });
  return (
    <div className="jp-smext-StudioForm-fields">
      <label htmlFor={`${id}domain`}>{trans.__('Domain')}</label>
      <input
        id={`${id}domain`}
        className="jp-mod-styled"
        value={request.domain_name ?? ''}
        placeholder={plan.request.domain_name ?? ''}
        pattern={SPACE_NAME.source}
        onChange={text('domain_name')}
        spellCheck={false}
        autoComplete="off"
      />
      <label htmlFor={`${id}profile`}>{trans.__('User profile')}</label>
      <input
        id={`${id}profile`}
        className="jp-mod-styled"
        value={request.user_profile_name ?? ''}
        placeholder={plan.request.user_profile_name ?? ''}
        pattern={SPACE_NAME.source}
        onChange={text('user_profile_name')}
        spellCheck={false}
        autoComplete="off"
      />
      <label htmlFor={`${id}role`}>{trans.__('Execution role')}</label>
      <div>
        {plan.roles ? (
          <HTMLSelect
            id={`${id}role`}
            value={shown.execution_role_arn ?? ''}
            onChange={text('execution_role_arn')}
          >
            {plan.roles.length === 0 && <option value="">{trans.__('none found')}</option>}
            {plan.roles.map(role => (
              <option key={role.role_arn} value={role.role_arn} title={role.role_arn}>
                {role.role_arn.split('/').pop()}
              </option>
            ))}
          </HTMLSelect>
        ) : (
          <input
            id={`${id}role`}
            className="jp-mod-styled"
            value={request.execution_role_arn ?? ''}
            placeholder={trans.__('ARN of a role')}
            onChange={text('execution_role_arn')}
            spellCheck={false}
            autoComplete="off"
          />
        )}
        <span className="jp-smext-StudioForm-note">
          {plan.roles?.find(role => role.role_arn === shown.execution_role_arn)?.why ??
            trans.__('What runs in spaces acts as this role.')}
        </span>
      </div>
      <label htmlFor={`${id}vpc`}>{trans.__('VPC')}</label>
      <div>
        {plan.vpcs ? (
          <HTMLSelect id={`${id}vpc`} value={shown.vpc_id ?? ''} onChange={text('vpc_id')}>
            {plan.vpcs.length === 0 && <option value="">{trans.__('none found')}</option>}
            {plan.vpcs.map(vpc => (
              <option key={vpc.vpc_id} value={vpc.vpc_id}>
                {[vpc.name ?? vpc.vpc_id, vpc.cidr_block, vpc.is_default ? trans.__('default') : '']
                  .filter(Boolean)
                  .join(', ')}
              </option>
            ))}
          </HTMLSelect>
        ) : (
          <input
            id={`${id}vpc`}
            className="jp-mod-styled"
            value={request.vpc_id ?? ''}
            placeholder={trans.__('Id of a VPC')}
            onChange={text('vpc_id')}
            spellCheck={false}
            autoComplete="off"
          />
        )}
        <span className="jp-smext-StudioForm-note">
          {trans.__('Subnets: %1', (shown.subnet_ids ?? []).join(', ') || trans.__('none'))}
        </span>
      </div>
      <label htmlFor={`${id}network`}>{trans.__('Network')}</label>
      <HTMLSelect
        id={`${id}network`}
        value={shown.app_network_access_type}
        onChange={event => onChange({ ...request, app_network_access_type: event.target.value })}
      >
        <option value="PublicInternetOnly">{trans.__('Public internet')}</option>
        <option value="VpcOnly">{trans.__('Through the VPC only')}</option>
      </HTMLSelect>
      <label htmlFor={`${id}ebs`}>{trans.__('Volume of a space (GB)')}</label>
      <input
        id={`${id}ebs`}
        className="jp-mod-styled"
        type="number"
        min={5}
        max={16384}
        value={shown.default_ebs_volume_size_in_gb}
        onChange={number('default_ebs_volume_size_in_gb')}
      />
      <label htmlFor={`${id}most`}>{trans.__('At most (GB)')}</label>
      <input
        id={`${id}most`}
        className="jp-mod-styled"
        type="number"
        min={5}
        max={16384}
        value={shown.maximum_ebs_volume_size_in_gb}
        onChange={number('maximum_ebs_volume_size_in_gb')}
      />
      <label htmlFor={`${id}idle`}>{trans.__('Stop when idle (minutes)')}</label>
      <input
        id={`${id}idle`}
        className="jp-mod-styled"
        type="number"
        min={60}
        max={525600}
        value={shown.idle_timeout_in_minutes ?? ''}
        placeholder={trans.__('never')}
        onChange={event =>
          onChange({ ...request, idle_timeout_in_minutes: Number(event.target.value) || null })
        }
      />
    </div>
  );
}

function Steps(props: { plan: DomainSetupPlan; trans: TranslationBundle }): React.ReactElement {
  const { plan, trans } = props;
  return (
    <StudioTable
      label={trans.__('What is made')}
      columns={[trans.__('What is made'), trans.__('Why'), trans.__('Cost')]}
    >
      {plan.steps.map(step => (
        <tr key={step.what}>
          <th scope="row">{step.what}</th>
          <td>{step.why}</td>
          <td>{step.cost}</td>
        </tr>
      ))}
    </StudioTable>
  );
}
