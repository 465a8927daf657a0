import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { SmextError } from '../api/client';
import { ErrorView } from '../common/errorView';
import type { EstimatorsService } from './service';

const READ_EVERY_MS = 700;

/** More is in the file. */
const SHOWN_CHARACTERS = 200_000;

export interface ILocalLogProps {
  service: EstimatorsService;
  document: string;
  /** As long as it runs, there may be more. */
  running: boolean;
  trans: TranslationBundle;
}

/** What a run on the server's machine says while it goes. */
export function LocalLog(props: ILocalLogProps): JSX.Element {
  const { service, document: path, running, trans } = props;
  const [text, setText] = React.useState('');
  const [error, setError] = React.useState<SmextError | null>(null);
  const lines = React.useRef<HTMLPreElement>(null);
  const offset = React.useRef(0);

  React.useEffect(() => {
    let stale = false;
    let timer = 0;
    const read = async () => {
      if (!document.hidden || !running) {
        try {
          const log = await service.localLog(path, offset.current);
          if (stale) {
            return;
          }
          offset.current = log.offset;
          setText(before => ((log.restarted ? '' : before) + log.text).slice(-SHOWN_CHARACTERS));
          setError(null);
        } catch (reason) {
          if (!stale) {
            setError(SmextError.from(reason));
          }
        }
      }
      if (!stale && running) {
        timer = window.setTimeout(() => void read(), READ_EVERY_MS);
      }
    };
    void read();
    return () => {
      stale = true;
      window.clearTimeout(timer);
    };
  }, [service, path, running]);

  // The newest line stays in sight, unless somebody reads further up.
  const atEnd = React.useRef(true);
  React.useLayoutEffect(() => {
    if (lines.current && atEnd.current) {
      lines.current.scrollTop = lines.current.scrollHeight;
    }
  }, [text]);

  return (
    <section className="jp-smext-LocalLog" aria-label={trans.__('Log of the run on this machine')}>
      {error && <ErrorView error={error} trans={trans} />}
      <pre
        ref={lines}
        className="jp-smext-LocalLog-lines"
        tabIndex={0}
        onScroll={event => {
          const { scrollTop, scrollHeight, clientHeight } = event.currentTarget;
          atEnd.current = scrollHeight - scrollTop - clientHeight < 20;
        }}
      >
        {text || trans.__('Nothing was logged yet.')}
      </pre>
    </section>
  );
}
