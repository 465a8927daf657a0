import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { RolloutStatus } from '../../api/types';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import { EmptyView, LoadingView } from '../../common/stateView';
import { Status } from '../../common/status';
import { useLoaded } from '../../common/useLoaded';
import type { ITasks } from '../../tokens';
import { appStatus } from '../status';
import { PlanView } from './planView';
import { ReportView } from './reportView';
import type { RolloutAction, RolloutService } from './service';
import { StudioTable } from '../table';

export interface IRolloutViewProps {
  domainId: string;
  service: RolloutService;
  tasks: ITasks;
  trans: TranslationBundle;
}

/** Which spaces of a domain run this extension, and bringing it to them by a lifecycle configuration. */
export function RolloutView(props: IRolloutViewProps): React.ReactElement {
  const { domainId, service, trans } = props;
  const [action, setAction] = React.useState<RolloutAction | null>(null);
  const [examined, setExamined] = React.useState<string | null>(null);
  const load = React.useCallback(() => service.status(domainId), [service, domainId]);
  const { value, error, loading, reload } = useLoaded(load);
  const installed = (value?.attachments.length ?? 0) > 0;
  const begin = (next: RolloutAction) => () => setAction(next);
  return (
    <div className="jp-smext-StudioPage">
      <p>
        {trans.__(
          'A lifecycle configuration of the domain installs this extension in its JupyterLab spaces at their next start. It can be taken back, and a space starts also where it fails.'
        )}
      </p>
      {error && <ErrorView error={error} trans={trans} onRetry={reload} />}
      {loading && !value && <LoadingView trans={trans} />}
      {value && (
        <div className="jp-smext-StudioBar">
          <Button
            primary={!installed}
            label={trans.__('Install…')}
            disabled={action !== null}
            onClick={begin('install')}
          />
          <Button
            primary={value.upgrade_available}
            label={trans.__('Upgrade to %1…', value.this_version)}
            disabled={action !== null || !value.upgrade_available}
            onClick={begin('upgrade')}
          />
          <Button
            label={trans.__('Uninstall…')}
            disabled={action !== null || !installed}
            onClick={begin('uninstall')}
          />
          <Button label={trans.__('Look again')} onClick={reload} />
        </div>
      )}
      {action && (
        <PlanView
          key={action}
          {...props}
          action={action}
          scopes={value?.attachments.map(each => each.scope) ?? []}
          onDone={reload}
          onClose={() => setAction(null)}
        />
      )}
      {value && <Attachments status={value} trans={trans} />}
      {value && <Spaces status={value} trans={trans} onExamine={setExamined} />}
      {examined && (
        <ReportView
          key={examined}
          {...props}
          spaceName={examined}
          onClose={() => setExamined(null)}
        />
      )}
      {value?.not_seen.map(reason => (
        <p key={reason} role="note">
          {reason}
        </p>
      ))}
    </div>
  );
}

function Attachments(props: {
  status: RolloutStatus;
  trans: TranslationBundle;
}): React.ReactElement {
  const { status, trans } = props;
  return (
    <section aria-label={trans.__('Where it is attached')}>
      <h3>{trans.__('Where it is attached')}</h3>
      {status.attachments.length === 0 ? (
        <p>{trans.__('Not installed in this domain.')}</p>
      ) : (
        <ul className="jp-smext-StudioNotes">
          {status.attachments.map(each => (
            <li key={`${each.scope_words} ${each.lifecycle_config_arn}`}>
              <strong>{each.scope_words}</strong>:{' '}
              {trans.__('version %1', each.version ?? trans.__('not known'))},{' '}
              {each.built_in
                ? trans.__('runs in every space')
                : each.preselected
                  ? trans.__('pre-selected for new spaces')
                  : trans.__('offered to choose')}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Spaces(props: {
  status: RolloutStatus;
  trans: TranslationBundle;
  onExamine(space: string): void;
}): React.ReactElement {
  const { status, trans } = props;
  if (status.spaces.length === 0) {
    return <EmptyView title={trans.__('This domain has no JupyterLab spaces')} />;
  }
  return (
    <section aria-label={trans.__('Spaces and their versions')}>
      <h3>{trans.__('Spaces')}</h3>
      <StudioTable
        label={trans.__('Spaces and their versions, as a table')}
        columns={[
          trans.__('Space'),
          trans.__('App'),
          trans.__('Runs'),
          trans.__('At the next start'),
          trans.__('Examine')
        ]}
      >
        {status.spaces.map(space => (
          <tr key={space.space_name}>
            <th scope="row">{space.space_name}</th>
            <td>
              <Status
                {...appStatus(space.app_status ?? 'Deleted', trans)}
                title={space.failure_reason ?? undefined}
              />
            </td>
            <td>{space.running_version ?? '–'}</td>
            <td>
              {space.next_version ?? trans.__('none')}
              {space.needs_restart && <small>{trans.__('restart the space to change')}</small>}
            </td>
            <td>
              <Button
                label={trans.__('Examine')}
                onClick={() => props.onExamine(space.space_name)}
              />
            </td>
          </tr>
        ))}
      </StudioTable>
    </section>
  );
}
