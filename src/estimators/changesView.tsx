import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { SmextError } from '../api/client';
import type { ChangesResult } from '../api/types';
import { ErrorView } from '../common/errorView';
import { LoadingView } from '../common/stateView';
import type { EstimatorsService, SpecValues } from './service';

export interface IChangesViewProps {
  service: EstimatorsService;
  spec: SpecValues;
  document: string;
  /** The job of the launch before. */
  jobName: string;
  trans: TranslationBundle;
}

/** What a launch would send differently than the one before. */
export function ChangesView(props: IChangesViewProps): JSX.Element {
  const { service, document, jobName, trans } = props;
  const [result, setResult] = React.useState<ChangesResult | null>(null);
  const [error, setError] = React.useState<SmextError | null>(null);
  const [attempt, setAttempt] = React.useState(0);
  // Equal specs that are not the same object must not be asked about again.
  const spec = JSON.stringify(props.spec);

  React.useEffect(() => {
    let stale = false;
    service.changes(JSON.parse(spec), document, jobName).then(
      answer => {
        if (!stale) {
          setResult(answer);
          setError(null);
        }
      },
      reason => !stale && setError(SmextError.from(reason))
    );
    return () => {
      stale = true;
    };
  }, [service, spec, document, jobName, attempt]);

  if (error) {
    return <ErrorView error={error} trans={trans} onRetry={() => setAttempt(attempt + 1)} />;
  }
  if (!result) {
    return <LoadingView trans={trans} />;
  }
  if (result.changes.length === 0) {
    return (
      <p className="jp-smext-Code-notes">
        {trans.__('A launch would send what %1 was made from.', result.job_name)}
      </p>
    );
  }
  return (
    <table className="jp-smext-Table jp-smext-Changes">
      <thead>
        <tr>
          <th scope="col">{trans.__('Member of the request')}</th>
          <th scope="col">{result.job_name}</th>
          <th scope="col">{trans.__('Now')}</th>
        </tr>
      </thead>
      <tbody>
        {result.changes.map(({ path, before, after }) => (
          <tr key={path}>
            <th scope="row">{path}</th>
            <td data-label={trans.__('Then')}>{before === null ? '–' : String(before)}</td>
            <td data-label={trans.__('Now')}>{after === null ? '–' : String(after)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
