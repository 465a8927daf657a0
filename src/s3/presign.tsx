import { Clipboard, Dialog, showDialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import { SmextError } from '../api/client';
import type { PresignedUrl } from '../api/types';
import { Button } from '../common/button';
import { DialogBody } from '../common/dialogBody';
import { ErrorView } from '../common/errorView';
import { formatTime } from '../common/format';
import type { ObjectService } from './object/service';
import { type ITarget, targetUri } from './target';

const HOUR = 3600;

/** Make addresses that work without credentials, and copy them. */
export async function presign(
  target: ITarget,
  service: ObjectService,
  trans: TranslationBundle
): Promise<void> {
  await showDialog({
    title: trans.__('Presigned URL of %1', targetUri(target)),
    body: new PresignForm(target, service, trans),
    buttons: [Dialog.okButton({ label: trans.__('Close') })],
    focusNodeSelector: 'select'
  });
}

class PresignForm extends DialogBody {
  constructor(
    private readonly _target: ITarget,
    private readonly _service: ObjectService,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.addClass('jp-smext-PresignForm');
  }

  protected render(): React.ReactElement {
    return <Form target={this._target} service={this._service} trans={this._trans} />;
  }
}

function Form(props: {
  target: ITarget;
  service: ObjectService;
  trans: TranslationBundle;
}): React.ReactElement {
  const { target, service, trans } = props;
  const [method, setMethod] = React.useState<PresignedUrl['method']>('GET');
  const [seconds, setSeconds] = React.useState(HOUR);
  const [signed, setSigned] = React.useState<PresignedUrl | null>(null);
  const [error, setError] = React.useState<SmextError | null>(null);
  const lives: [number, string][] = [
    [15 * 60, trans.__('15 minutes')],
    [HOUR, trans.__('1 hour')],
    [12 * HOUR, trans.__('12 hours')],
    [24 * HOUR, trans.__('1 day')],
    [7 * 24 * HOUR, trans.__('7 days')]
  ];

  const sign = async (): Promise<void> => {
    try {
      const { bucket, key } = target;
      setSigned(await service.presign({ bucket, key, version_id: null }, method, seconds));
      setError(null);
    } catch (reason) {
      setError(SmextError.from(reason));
    }
  };
  const change = (apply: () => void): void => {
    apply();
    setSigned(null);
  };

  return (
    <>
      <div className="jp-smext-Details-buttons">
        <label>
          {trans.__('For')}
          <HTMLSelect
            value={method}
            onChange={event =>
              change(() => setMethod(event.target.value as PresignedUrl['method']))
            }
          >
            <option value="GET">{trans.__('download (GET)')}</option>
            <option value="PUT">{trans.__('upload (PUT)')}</option>
          </HTMLSelect>
        </label>
        <label>
          {trans.__('Valid for')}
          <HTMLSelect
            value={seconds}
            onChange={event => change(() => setSeconds(Number(event.target.value)))}
          >
            {lives.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </HTMLSelect>
        </label>
        <Button label={trans.__('Sign')} primary onClick={() => void sign()} />
      </div>
      {error && <ErrorView error={error} trans={trans} />}
      {signed && (
        <>
          <textarea
            className="jp-mod-styled"
            readOnly
            rows={5}
            aria-label={trans.__('Presigned URL')}
            value={signed.url}
            onFocus={event => event.target.select()}
          />
          <div className="jp-smext-Details-buttons">
            <Button
              icon={copyIcon}
              label={trans.__('Copy')}
              onClick={() => Clipboard.copyToSystem(signed.url)}
            />
            <span>{trans.__('Ends %1.', formatTime(signed.expires_at))}</span>
          </div>
          {signed.ends_with_credentials && (
            <p>
              {trans.__(
                'It is signed with temporary credentials and stops working earlier when they end.'
              )}
            </p>
          )}
          <p>{trans.__('Whoever has the address can use it until then.')}</p>
        </>
      )}
    </>
  );
}
