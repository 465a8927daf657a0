import * as React from 'react';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import { formatTime } from '../../common/format';
import { LoadingView } from '../../common/stateView';
import { Status } from '../../common/status';
import { useLoaded } from '../../common/useLoaded';
import { findingStatus } from './finding';
import type { IRolloutViewProps } from './view';

/** Why a space has the panel or has it not, as the log of its last start tells. */
export function ReportView(
  props: IRolloutViewProps & { spaceName: string; onClose(): void }
): React.ReactElement {
  const { domainId, spaceName, service, trans } = props;
  const load = React.useCallback(
    () => service.doctor(domainId, spaceName),
    [service, domainId, spaceName]
  );
  const { value, error, reload } = useLoaded(load);
  return (
    <section className="jp-smext-Rollout" aria-label={trans.__('Examination of %1', spaceName)}>
      <h3>{trans.__('Last start of %1', spaceName)}</h3>
      {error && <ErrorView error={error} trans={trans} onRetry={reload} />}
      {!value && !error && <LoadingView trans={trans} />}
      {value && (
        <>
          <ul className="jp-smext-StudioProblems">
            {value.diagnoses.map((diagnosis, index) => (
              <li key={index}>
                <Status {...findingStatus(diagnosis.level, trans)} />
                <span>
                  {diagnosis.message} {diagnosis.fix}
                </span>
              </li>
            ))}
          </ul>
          {value.log_lines.length > 0 && (
            <details>
              <summary>
                {value.started ? trans.__('Log of %1', formatTime(value.started)) : trans.__('Log')}
              </summary>
              <pre tabIndex={0}>{value.log_lines.join('\n')}</pre>
            </details>
          )}
        </>
      )}
      <div className="jp-smext-StudioBar">
        <Button label={trans.__('Close')} onClick={props.onClose} />
      </div>
    </section>
  );
}
