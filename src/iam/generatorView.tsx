import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import { SmextError } from '../api/client';
import type { GeneratedPolicy, GenerateRequest } from '../api/types';
import { Button } from '../common/button';
import { ErrorView } from '../common/errorView';
import { CodeBlock } from './codeBlock';
import { asText } from './statement';
import { Comparison } from './comparison';
import type { IamService, PolicyDocument } from './service';

/** Write the policy that a bucket or a part of it needs, and no more. */
export function GeneratorView(props: {
  service: IamService;
  onUse: (document: PolicyDocument) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { service, trans } = props;
  const [bucket, setBucket] = React.useState('');
  const [prefix, setPrefix] = React.useState('');
  const [access, setAccess] = React.useState<NonNullable<GenerateRequest['access']>>('read');
  const [generated, setGenerated] = React.useState<GeneratedPolicy | null>(null);
  const [error, setError] = React.useState<SmextError | null>(null);
  const [busy, setBusy] = React.useState(false);
  const id = React.useId();

  const generate = async (event: React.FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      setGenerated(
        await service.generate({ kind: 'bucket', bucket: bucket.trim(), prefix, access })
      );
    } catch (reason) {
      setGenerated(null);
      setError(SmextError.from(reason));
    }
    setBusy(false);
  };
  return (
    <>
      <form className="jp-smext-Iam-form" onSubmit={event => void generate(event)}>
        <label htmlFor={`${id}bucket`}>{trans.__('Bucket')}</label>
        <input
          id={`${id}bucket`}
          className="jp-mod-styled"
          value={bucket}
          required
          spellCheck={false}
          autoComplete="off"
          onChange={event => setBucket(event.target.value)}
        />
        <label htmlFor={`${id}prefix`}>{trans.__('Prefix')}</label>
        <input
          id={`${id}prefix`}
          className="jp-mod-styled"
          value={prefix}
          placeholder={trans.__('the whole bucket')}
          spellCheck={false}
          autoComplete="off"
          onChange={event => setPrefix(event.target.value)}
        />
        <label htmlFor={`${id}access`}>{trans.__('To')}</label>
        <HTMLSelect
          id={`${id}access`}
          value={access}
          onChange={event => setAccess(event.target.value as typeof access)}
        >
          <option value="read">{trans.__('read')}</option>
          <option value="write">{trans.__('write')}</option>
          <option value="read_write">{trans.__('read and write')}</option>
        </HTMLSelect>
        <button
          type="submit"
          className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button"
          disabled={busy || !bucket.trim()}
        >
          {trans.__('Generate')}
        </button>
      </form>
      {error && <ErrorView error={error} trans={trans} />}
      {generated && (
        <section className="jp-smext-Generated" aria-label={trans.__('Generated policy')}>
          <CodeBlock
            text={asText(generated.document)}
            label={trans.__('Generated policy')}
            trans={trans}
          />
          <Comparison generated={generated} trans={trans} />
          <div className="jp-smext-Fix-row">
            <Button
              label={trans.__('Put it into the editor')}
              onClick={() => props.onUse(generated.document)}
            />
          </div>
        </section>
      )}
    </>
  );
}
