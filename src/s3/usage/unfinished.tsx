import { Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { SmextError } from '../../api/client';
import type { AbortResult, UnfinishedUpload } from '../../api/types';
import { Button } from '../../common/button';
import { dialogBody } from '../../common/dialogBody';
import { ErrorView } from '../../common/errorView';
import {
  formatDollars,
  formatNumber,
  formatRelative,
  formatSize,
  formatTime
} from '../../common/format';
import type { ILocation } from '../location';
import type { UsageService } from './service';

/** Milliseconds without a new part after which hardly anybody works on an upload any more. */
const QUIET = 24 * 3600 * 1000;
/** Names that the question shows. */
const SHOWN = 8;

export interface IUnfinishedProps {
  location: ILocation;
  service: UsageService;
  trans: TranslationBundle;
}

/** Uploads in parts below a folder that came to no end: what they hold and cost, and a way to be rid of them. */
export function Unfinished(props: IUnfinishedProps): React.ReactElement {
  const { location, service, trans } = props;
  const { uploads, hasMore, error, loading, load } = useUploads(service, location);
  const [result, setResult] = React.useState<AbortResult | null>(null);
  const [failure, setFailure] = React.useState<SmextError | null>(null);
  const quiet = uploads.filter(isQuiet);

  const abort = async (chosen: readonly UnfinishedUpload[]): Promise<void> => {
    if (!(await confirmAbort(chosen, location.bucket, trans))) {
      return;
    }
    setResult(null);
    setFailure(null);
    try {
      setResult(await service.abort(location.bucket, chosen));
    } catch (reason) {
      setFailure(SmextError.from(reason));
    }
    load(true);
  };

  return (
    <section className="jp-smext-Unfinished" aria-label={trans.__('Unfinished uploads')}>
      <h3>{trans.__('Unfinished uploads')}</h3>
      {failure && <ErrorView error={failure} trans={trans} />}
      {result && <Report result={result} trans={trans} />}
      {uploads.length > 0 && (
        <>
          <p>
            {sum(uploads, hasMore, trans)}{' '}
            {trans.__('No list of objects shows them, and AWS charges for what they hold.')}
          </p>
          <div className="jp-smext-Unfinished-rows">
            <table>
              <thead>
                <tr>
                  <th scope="col">{trans.__('Upload to')}</th>
                  <th scope="col">{trans.__('Last part')}</th>
                  <th scope="col">{trans.__('Parts')}</th>
                  <th scope="col">{trans.__('Size')}</th>
                  <th scope="col">{trans.__('A month')}</th>
                  <td />
                </tr>
              </thead>
              <tbody>
                {uploads.map(each => (
                  <tr key={each.upload_id}>
                    <th scope="row" title={each.key}>
                      <bdi>{each.key.slice(location.prefix.length)}</bdi>
                    </th>
                    <td title={formatTime(each.last_active)}>{formatRelative(each.last_active)}</td>
                    <td>{each.parts === null ? trans.__('unknown') : formatNumber(each.parts)}</td>
                    <td>{each.bytes === null ? trans.__('unknown') : formatSize(each.bytes)}</td>
                    <td>{price(each.monthly_usd, trans)}</td>
                    <td>
                      <button
                        type="button"
                        className="jp-smext-LinkButton"
                        aria-label={trans.__('Abort the upload to %1…', each.key)}
                        onClick={() => void abort([each])}
                      >
                        {trans.__('Abort…')}
                      </button>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          <div className="jp-smext-Details-buttons">
            {hasMore && (
              <Button
                label={trans.__('Load More')}
                disabled={loading}
                onClick={() => load(false)}
              />
            )}
            <Button
              label={trans.__('Abort All That Are Quiet for a Day…')}
              disabled={loading || quiet.length === 0}
              onClick={() => void abort(quiet)}
            />
          </div>
        </>
      )}
      {error ? (
        <ErrorView error={error} onRetry={() => load(uploads.length === 0)} trans={trans} />
      ) : loading && uploads.length === 0 ? (
        <p>{trans.__('Looking for unfinished uploads…')}</p>
      ) : (
        uploads.length === 0 && <p>{trans.__('There are none below this folder.')}</p>
      )}
    </section>
  );
}

interface IUploads {
  uploads: readonly UnfinishedUpload[];
  hasMore: boolean;
  error: SmextError | null;
  loading: boolean;
  /** Read the next page; or, `anew`, the first one again. */
  load(anew: boolean): void;
}

function useUploads(service: UsageService, location: ILocation): IUploads {
  const [state, setState] = React.useState<Omit<IUploads, 'load' | 'hasMore'>>({
    uploads: [],
    error: null,
    loading: true
  });
  const [token, setToken] = React.useState<string | null>(null);
  const request = React.useRef(new AbortController());

  const read = React.useCallback(
    async (after: string | null): Promise<void> => {
      request.current.abort();
      request.current = new AbortController();
      const { signal } = request.current;
      setState(previous => ({ ...previous, error: null, loading: true }));
      try {
        const page = await service.unfinished(location, after, signal);
        setState(previous => ({
          uploads: after === null ? page.uploads : [...previous.uploads, ...page.uploads],
          error: null,
          loading: false
        }));
        setToken(page.continuation_token);
      } catch (reason) {
        if (!signal.aborted) {
          setState(previous => ({ ...previous, error: SmextError.from(reason), loading: false }));
        }
      }
    },
    [service, location]
  );

  React.useEffect(() => {
    void read(null);
    return () => request.current.abort();
  }, [read]);

  return { ...state, hasMore: token !== null, load: anew => void read(anew ? null : token) };
}

/** Ask whether to abort uploads; how many, how much, and whether somebody may still be at one is in the question. */
async function confirmAbort(
  uploads: readonly UnfinishedUpload[],
  bucket: string,
  trans: TranslationBundle
): Promise<boolean> {
  const active = uploads.filter(each => !isQuiet(each)).length;
  const { button } = await showDialog({
    title: trans._n(
      'Abort %2 unfinished upload?',
      'Abort %2 unfinished uploads?',
      uploads.length,
      formatNumber(uploads.length)
    ),
    body: dialogBody(
      <div className="jp-smext-Deletion">
        <p>{trans.__('%1 in bucket %2:', held(uploads, trans), bucket)}</p>
        <ul>
          {uploads.slice(0, SHOWN).map(each => (
            <li key={each.upload_id}>{each.key}</li>
          ))}
          {uploads.length > SHOWN && (
            <li>{trans.__('and %1 more', formatNumber(uploads.length - SHOWN))}</li>
          )}
        </ul>
        {active > 0 && (
          <p>
            {uploads.length === 1
              ? trans.__('It got a part within the last day: if it is still under way, it fails.')
              : trans.__(
                  'Of them %1 got a part within the last day: those still under way fail.',
                  formatNumber(active)
                )}
          </p>
        )}
        <p>{trans.__('The parts that S3 holds are deleted. This cannot be undone.')}</p>
      </div>
    ),
    buttons: [Dialog.cancelButton(), Dialog.warnButton({ label: trans.__('Abort') })],
    defaultButton: 0
  });
  return button.accept;
}

function Report(props: { result: AbortResult; trans: TranslationBundle }): React.ReactElement {
  const { result, trans } = props;
  const failed = result.failed ?? [];
  return (
    <div role="status">
      <p>
        {trans._n(
          '%2 upload aborted.',
          '%2 uploads aborted.',
          result.aborted,
          formatNumber(result.aborted)
        )}
      </p>
      {failed.length > 0 && (
        <p>
          {trans.__('%1 could not be aborted: %2', formatNumber(failed.length), failed[0].message)}
        </p>
      )}
    </div>
  );
}

function sum(
  uploads: readonly UnfinishedUpload[],
  hasMore: boolean,
  trans: TranslationBundle
): string {
  const number = formatNumber(uploads.length);
  const count = hasMore
    ? trans.__('The first %1 uploads', number)
    : trans._n('%2 upload', '%2 uploads', uploads.length, number);
  const cost = total(uploads.map(each => each.monthly_usd));
  const dollars = cost === null ? trans.__('no price known') : formatDollars(cost);
  return trans.__('%1: %2, %3 a month.', count, held(uploads, trans), dollars);
}

function held(uploads: readonly UnfinishedUpload[], trans: TranslationBundle): string {
  const bytes = total(uploads.map(each => each.bytes));
  return bytes === null ? trans.__('unknown size') : formatSize(bytes);
}

/** Null where a part is not known. */
function total(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0
  );
}

function price(dollars: number | null, trans: TranslationBundle): string {
  return dollars === null ? trans.__('unknown') : formatDollars(dollars);
}

function isQuiet(upload: UnfinishedUpload): boolean {
  return Date.now() - new Date(upload.last_active).getTime() >= QUIET;
}
