import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { SmextError } from '../api/client';
import { ErrorView } from '../common/errorView';
import { LoadingView } from '../common/stateView';
import type { EstimatorsService, SpecValues } from './service';

/** The CreateTrainingJob request that a launch would send. */
export function RequestView(props: {
  service: EstimatorsService;
  spec: SpecValues;
  document: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { service, document, trans } = props;
  const [text, setText] = React.useState<string | null>(null);
  const [error, setError] = React.useState<SmextError | null>(null);
  const [attempt, setAttempt] = React.useState(0);
  // Equal specs that are not the same object must not be asked about again.
  const spec = JSON.stringify(props.spec);

  React.useEffect(() => {
    let stale = false;
    service.request(JSON.parse(spec), document).then(
      request => {
        if (!stale) {
          setText(JSON.stringify(request, null, 2));
          setError(null);
        }
      },
      reason => !stale && setError(SmextError.from(reason))
    );
    return () => {
      stale = true;
    };
  }, [service, spec, document, attempt]);

  return (
    <section className="jp-smext-Request" aria-label={trans.__('Request')}>
      <div className="jp-smext-Request-head">
        <h3>{trans.__('CreateTrainingJob request')}</h3>
        {text && (
          <button
            type="button"
            className="jp-smext-IconButton"
            title={trans.__('Copy')}
            aria-label={trans.__('Copy the request')}
            onClick={() => Clipboard.copyToSystem(text)}
          >
            <copyIcon.react tag="span" aria-hidden="true" />
          </button>
        )}
      </div>
      {error ? (
        <ErrorView error={error} trans={trans} onRetry={() => setAttempt(attempt + 1)} />
      ) : text ? (
        <pre className="jp-smext-Json" tabIndex={0}>
          {text}
        </pre>
      ) : (
        <LoadingView trans={trans} />
      )}
    </section>
  );
}
