import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { ObjectDetails, ObjectReference } from '../../api/types';
import { formatNumber, formatSize, formatTime } from '../../common/format';
import { GlacierView } from './glacierView';
import type { ObjectService } from './service';
import { TagsView } from './tagsView';

export interface IDetailsViewProps {
  object: ObjectReference;
  details: ObjectDetails;
  service: ObjectService;
  onChanged(): void;
  trans: TranslationBundle;
}

/** All that S3 knows about an object. */
export function DetailsView(props: IDetailsViewProps): React.ReactElement {
  const { details, trans } = props;
  const { encryption, lock } = details;
  return (
    <div className="jp-smext-Details">
      <Section title={trans.__('Addresses')}>
        <Copyable name={trans.__('S3 URI')} value={details.uri} trans={trans} />
        <Copyable name={trans.__('ARN')} value={details.arn} trans={trans} />
        <Copyable name={trans.__('Object URL')} value={details.url} trans={trans} />
      </Section>
      <Section title={trans.__('Object')}>
        <Fact name={trans.__('Size')}>
          {trans.__('%1 (%2 bytes)', formatSize(details.size), formatNumber(details.size))}
        </Fact>
        <Fact name={trans.__('Modified')}>{formatTime(details.last_modified)}</Fact>
        <Fact name={trans.__('Type')}>{details.content_type}</Fact>
        <Fact name={trans.__('Storage class')}>{details.storage_class}</Fact>
        <Fact name={trans.__('Archive tier')}>{details.archive_status}</Fact>
        <Fact name={trans.__('ETag')}>{details.etag?.replaceAll('"', '')}</Fact>
        <Fact name={trans.__('Version')}>{details.version_id}</Fact>
        {details.checksums.map(each => (
          <Fact key={each.algorithm} name={each.algorithm}>
            {each.type === 'COMPOSITE' ? trans.__('%1 (of the parts)', each.value) : each.value}
          </Fact>
        ))}
        <Fact name={trans.__('Replication')}>{details.replication_status}</Fact>
        <Fact name={trans.__('Expires')}>{details.expiration}</Fact>
        {Object.entries(details.headers).map(([name, value]) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </Section>
      <Section title={trans.__('Protection')}>
        <Fact name={trans.__('Encryption')}>
          {encryption ? encryption.algorithm : trans.__('not told')}
        </Fact>
        <Fact name={trans.__('KMS key')}>{encryption?.kms_key_id}</Fact>
        {encryption?.customer_key && (
          <Fact name={trans.__('Customer key')}>
            {trans.__('Only the client that has the key can read the object.')}
          </Fact>
        )}
        {lock && (
          <>
            <Fact name={trans.__('Object Lock')}>{lock.mode}</Fact>
            <Fact name={trans.__('Retained until')}>
              {lock.retain_until && formatTime(lock.retain_until)}
            </Fact>
            <Fact name={trans.__('Legal hold')}>
              {lock.legal_hold ? trans.__('on') : trans.__('off')}
            </Fact>
          </>
        )}
      </Section>
      <GlacierView {...props} />
      <section>
        <h3>{trans.__('Metadata')}</h3>
        {Object.keys(details.metadata).length === 0 ? (
          <p>{trans.__('None.')}</p>
        ) : (
          <dl className="jp-smext-Facts">
            {Object.entries(details.metadata).map(([name, value]) => (
              <Fact key={name} name={name}>
                {value}
              </Fact>
            ))}
          </dl>
        )}
      </section>
      <TagsView {...props} />
    </div>
  );
}

function Section(props: { title: string; children: React.ReactNode }): React.ReactElement {
  return (
    <section>
      <h3>{props.title}</h3>
      <dl className="jp-smext-Facts">{props.children}</dl>
    </section>
  );
}

/** A name and its value; nothing where there is no value. */
function Fact(props: { name: string; children?: React.ReactNode }): React.ReactElement | null {
  return props.children ? (
    <>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </>
  ) : null;
}

function Copyable(props: {
  name: string;
  value: string | null;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { name, value, trans } = props;
  return value ? (
    <Fact name={name}>
      <span className="jp-smext-Details-address">
        <span>{value}</span>
        <button
          type="button"
          className="jp-smext-IconButton"
          title={trans.__('Copy')}
          aria-label={trans.__('Copy %1', name)}
          onClick={() => Clipboard.copyToSystem(value)}
        >
          <copyIcon.react tag="span" aria-hidden="true" />
        </button>
      </span>
    </Fact>
  ) : null;
}
