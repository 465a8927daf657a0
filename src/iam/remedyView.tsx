import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../common/button';
import { ErrorView } from '../common/errorView';
import { CheckView, ProbesView } from './checkView';
import { CodeBlock } from './codeBlock';
import { asText } from './statement';
import { Comparison } from './comparison';
import { FixView } from './fixView';
import type { RemedyModel, Scope } from './remedyModel';
import { candidateRoles } from './roles';
import type { WhoModel } from './whoModel';

export interface IRemedyViewProps {
  model: RemedyModel;
  who: WhoModel;
  trans: TranslationBundle;
}

/** What can be done about a refusal: look whether it still holds, write the missing statement, bring it to the role. */
export function RemedyView(props: IRemedyViewProps): JSX.Element {
  const { model, who } = props;
  React.useEffect(() => who.wake(), [who]);
  return (
    <UseSignal signal={who.changed}>
      {() => <UseSignal signal={model.changed}>{() => <Remedy {...props} />}</UseSignal>}
    </UseSignal>
  );
}

function Remedy(props: IRemedyViewProps): JSX.Element {
  const { model, who, trans } = props;
  const { explanation, report } = model;
  const [scope, setScope] = React.useState<Scope>('refused');
  const name = React.useId();
  const refused =
    explanation.principal ??
    (explanation.who === 'execution_role' ? who.who?.execution_role?.arn : who.who?.caller_arn);
  const scopes: [Scope, string][] = model.bucket
    ? [
        ['refused', trans.__('Only %1', explanation.action ?? '')],
        ['read', trans.__('Read the bucket %1', model.bucket)],
        ['read_write', trans.__('Read and write the bucket %1', model.bucket)]
      ]
    : [];
  return (
    <section className="jp-smext-Remedy" aria-label={trans.__('Remedy')}>
      {model.canGenerate && (
        <>
          {scopes.length > 0 && (
            <fieldset className="jp-smext-Scopes">
              <legend>{trans.__('Allow')}</legend>
              {scopes.map(([value, label]) => (
                <label key={value}>
                  <input
                    type="radio"
                    name={name}
                    checked={scope === value}
                    onChange={() => {
                      setScope(value);
                      if (model.document) {
                        void model.generate(value);
                      }
                    }}
                  />
                  {label}
                </label>
              ))}
            </fieldset>
          )}
          {!model.document && (
            <div className="jp-smext-Fix-row">
              <Button
                label={trans.__('Generate the missing statement')}
                primary
                disabled={model.busy}
                onClick={() => void model.generate(scope)}
              />
            </div>
          )}
          {model.document && (
            <CodeBlock
              text={asText(model.document)}
              label={trans.__('Missing statement')}
              trans={trans}
            />
          )}
          {model.generated && <Comparison generated={model.generated} trans={trans} />}
        </>
      )}
      {(model.document || !model.canGenerate) && (
        <FixView
          model={model.fix}
          document={model.document}
          busy={model.busy}
          roles={candidateRoles(who.who, refused, trans)}
          packetFor={role => model.packetFor(role)}
          onOver={() => void model.check()}
          trans={trans}
        />
      )}
      {explanation.action && (
        <div className="jp-smext-Recheck">
          <div className="jp-smext-Fix-row">
            <Button
              label={trans.__('Check again')}
              disabled={model.busy}
              onClick={() => void model.check()}
            />
          </div>
          {report && (
            <div aria-live="polite">
              <CheckView check={report.check} trans={trans} />
              <ProbesView
                plan={report.probe_plan}
                busy={model.busy}
                onRun={() => void model.check(true)}
                trans={trans}
              />
            </div>
          )}
        </div>
      )}
      {model.error && <ErrorView error={model.error} trans={trans} />}
    </section>
  );
}
