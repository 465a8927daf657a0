import { addIcon, deleteIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { SmextError } from '../../api/client';
import { Button } from '../../common/button';
import { ErrorView } from '../../common/errorView';
import type { IDetailsViewProps } from './detailsView';

/** Most tags that S3 keeps for an object. */
const MOST = 10;

/** The tags of an object, to be changed in place. */
export function TagsView(props: IDetailsViewProps): React.ReactElement {
  const { details, trans } = props;
  const [rows, setRows] = React.useState<[string, string][] | null>(null);
  const [error, setError] = React.useState<SmextError | null>(null);
  const [saving, setSaving] = React.useState(false);
  const saved = Object.entries(details.tags ?? {});

  const save = async (): Promise<void> => {
    setSaving(true);
    try {
      await props.service.setTags(
        props.object,
        Object.fromEntries((rows ?? []).filter(([name]) => name !== ''))
      );
      setRows(null);
      setError(null);
      props.onChanged();
    } catch (reason) {
      setError(SmextError.from(reason));
    }
    setSaving(false);
  };

  if (details.tags === null) {
    return (
      <section>
        <h3>{trans.__('Tags')}</h3>
        <p>{trans.__('We may not know: reading them needs s3:GetObjectTagging.')}</p>
      </section>
    );
  }
  return (
    <section className="jp-smext-Tags">
      <h3>{trans.__('Tags')}</h3>
      {rows === null ? (
        <>
          {saved.length === 0 ? (
            <p>{trans.__('None.')}</p>
          ) : (
            <dl className="jp-smext-Facts">
              {saved.map(([name, value]) => (
                <React.Fragment key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </React.Fragment>
              ))}
            </dl>
          )}
          <Button
            label={trans.__('Edit tags')}
            onClick={() => setRows(saved.length > 0 ? saved : [['', '']])}
          />
        </>
      ) : (
        <>
          {rows.map((row, index) => (
            <div key={index} className="jp-smext-Tags-row">
              {([trans.__('Name'), trans.__('Value')] as const).map((label, part) => (
                <input
                  key={label}
                  type="text"
                  className="jp-mod-styled"
                  aria-label={trans.__('%1 of tag %2', label, index + 1)}
                  placeholder={label}
                  maxLength={part === 0 ? 128 : 256}
                  value={row[part]}
                  onChange={event => {
                    const changed: [string, string] = [...row];
                    changed[part] = event.target.value;
                    setRows(rows.map((each, place) => (place === index ? changed : each)));
                  }}
                />
              ))}
              <button
                type="button"
                className="jp-smext-IconButton"
                title={trans.__('Remove')}
                aria-label={trans.__('Remove tag %1', index + 1)}
                onClick={() => setRows(rows.filter((_, place) => place !== index))}
              >
                <deleteIcon.react tag="span" aria-hidden="true" />
              </button>
            </div>
          ))}
          {error && <ErrorView error={error} trans={trans} />}
          <div className="jp-smext-Details-buttons">
            <Button
              icon={addIcon}
              label={trans.__('Add')}
              disabled={rows.length >= MOST}
              onClick={() => setRows([...rows, ['', '']])}
            />
            <Button label={trans.__('Cancel')} onClick={() => setRows(null)} />
            <Button
              label={trans.__('Save')}
              primary
              disabled={saving}
              onClick={() => void save()}
            />
          </div>
        </>
      )}
    </section>
  );
}
