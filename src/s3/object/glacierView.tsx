import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import { SmextError } from '../../api/client';
import type { GlacierTier } from '../../api/types';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import { formatTime } from '../../common/format';
import type { IDetailsViewProps } from './detailsView';

/** Classes whose objects cannot be read before a copy was asked for. */
const ARCHIVES = ['GLACIER', 'DEEP_ARCHIVE'];

/** The temporary copy of an archived object: its state, or the request for one. Nothing for other objects. */
export function GlacierView(props: IDetailsViewProps): React.ReactElement | null {
  const { details, trans } = props;
  const { restore } = details;
  if (restore === null && !ARCHIVES.includes(details.storage_class) && !details.archive_status) {
    return null;
  }
  return (
    <section>
      <h3>{trans.__('Temporary copy')}</h3>
      {restore === null ? (
        <>
          <p>
            {trans.__('The object is archived: it can be read only after a copy was asked for.')}
          </p>
          <Request {...props} />
        </>
      ) : restore.ongoing ? (
        <p>{trans.__('Asked for; S3 is still fetching it.')}</p>
      ) : (
        <p>
          {restore.until
            ? trans.__('There until %1.', formatTime(restore.until))
            : trans.__('There.')}
        </p>
      )}
    </section>
  );
}

function Request(props: IDetailsViewProps): React.ReactElement {
  const { details, object, service, trans } = props;
  const [days, setDays] = React.useState(7);
  const [tier, setTier] = React.useState<GlacierTier>('Standard');
  const [error, setError] = React.useState<SmextError | null>(null);
  const isDeep = details.storage_class === 'DEEP_ARCHIVE';
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/restoring-objects-retrieval-options.html
  const tiers: [GlacierTier, string][] = [
    ...(isDeep
      ? []
      : [['Expedited', trans.__('1 to 5 minutes, dearest')] as [GlacierTier, string]]),
    ['Standard', isDeep ? trans.__('within 12 hours') : trans.__('3 to 5 hours')],
    ['Bulk', isDeep ? trans.__('within 48 hours, cheapest') : trans.__('5 to 12 hours, cheapest')]
  ];

  const ask = async (): Promise<void> => {
    try {
      await service.restoreFromGlacier(object, days, tier);
      setError(null);
      props.onChanged();
    } catch (reason) {
      setError(SmextError.from(reason));
    }
  };

  return (
    <>
      <div className="jp-smext-Details-buttons">
        <label>
          {trans.__('Speed')}
          <HTMLSelect value={tier} onChange={event => setTier(event.target.value as GlacierTier)}>
            {tiers.map(([name, words]) => (
              <option key={name} value={name}>
                {trans.__('%1: %2', name, words)}
              </option>
            ))}
          </HTMLSelect>
        </label>
        <label>
          {trans.__('Days to keep it')}
          <input
            type="number"
            className="jp-mod-styled"
            min={1}
            value={days}
            onChange={event => setDays(Math.max(1, event.target.valueAsNumber || 1))}
          />
        </label>
        <Button label={trans.__('Ask for a copy')} onClick={() => void ask()} />
      </div>
      <p>{trans.__('AWS charges for the retrieval, and for the copy as long as it stays.')}</p>
      {error && <ErrorView error={error} trans={trans} />}
    </>
  );
}
