import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Explanation } from '../api/types';
import { Button } from '../common/button';
import { ErrorView } from '../common/errorView';
import { Facts } from '../common/facts';
import { LoadingView } from '../common/stateView';
import { Status } from '../common/status';
import type { DoctorModel } from './doctorModel';
import { RemedyView } from './remedyView';
import type { WhoModel } from './whoModel';
import { allowHelps, fixOwnerOf, kindOf, layerOf, whoOf } from './words';

export interface IDoctorViewProps {
  model: DoctorModel;
  who: WhoModel;
  trans: TranslationBundle;
}

/** Paste an error, and read who was refused what by which policy, and who can mend it. */
export function DoctorView(props: IDoctorViewProps): JSX.Element {
  return <UseSignal signal={props.model.changed}>{() => <Doctor {...props} />}</UseSignal>;
}

function Doctor(props: IDoctorViewProps): JSX.Element {
  const { model, trans } = props;
  const id = React.useId();
  const { text } = model.refusal;
  const ready = text.trim() !== '' && !model.busy;
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && ready) {
      event.preventDefault();
      event.stopPropagation();
      void model.explain();
    }
  };
  return (
    <div className="jp-smext-Doctor">
      <h2>{trans.__('Explain an error')}</h2>
      <label htmlFor={id} className="jp-smext-Iam-text">
        {trans.__(
          'Paste an error or a whole traceback: of boto3, s3fs, pandas, docker, a job’s failure reason or its log.'
        )}
      </label>
      <textarea
        id={id}
        className="jp-mod-styled jp-smext-Doctor-text"
        rows={6}
        spellCheck={false}
        value={text}
        onChange={event => model.setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="jp-smext-Fix-row">
        <Button
          label={trans.__('Explain')}
          primary={!model.explanation}
          disabled={!ready}
          onClick={() => void model.explain()}
        />
      </div>
      <div aria-live="polite" aria-busy={model.busy}>
        {model.busy ? (
          <LoadingView trans={trans} />
        ) : model.error ? (
          <ErrorView error={model.error} trans={trans} onRetry={() => void model.explain()} />
        ) : (
          model.explanation && <Explained explanation={model.explanation} trans={trans} />
        )}
      </div>
      {model.remedy && !model.busy && (
        <RemedyView
          // Another refusal is another case.
          key={`${model.remedy.explanation.action} ${model.remedy.explanation.resource}`}
          model={model.remedy}
          who={props.who}
          trans={trans}
        />
      )}
    </div>
  );
}

function Explained(props: { explanation: Explanation; trans: TranslationBundle }): JSX.Element {
  const { explanation, trans } = props;
  const refusedBy =
    explanation.layer === 'unknown' && explanation.effect === 'unknown'
      ? null
      : explanation.effect === 'explicit'
        ? trans.__('a Deny in the %1', layerOf(explanation.layer, trans))
        : explanation.effect === 'implicit'
          ? trans.__('no Allow in the %1', layerOf(explanation.layer, trans))
          : layerOf(explanation.layer, trans);
  const facts: [string, string | null | undefined][] = [
    [trans.__('Who'), explanation.who === 'unknown' ? null : whoOf(explanation.who, trans)],
    [trans.__('Principal'), explanation.principal],
    [trans.__('Action'), explanation.action],
    [trans.__('Resource'), explanation.resource],
    [trans.__('API call'), explanation.operation],
    [trans.__('Refused by'), refusedBy],
    [
      trans.__('Can be mended by'),
      explanation.fix_owner === 'unknown' ? null : fixOwnerOf(explanation.fix_owner, trans)
    ]
  ];
  return (
    <section className="jp-smext-Explained" data-kind={explanation.kind}>
      <h3>{kindOf(explanation.kind, trans)}</h3>
      <p className="jp-smext-Iam-text">{explanation.explanation}</p>
      <Facts facts={facts} />
      {explanation.kind === 'iam' && <Status {...allowHelps(explanation.allow_can_help, trans)} />}
      {explanation.steps.length > 0 && (
        <>
          <h4>{trans.__('What to do')}</h4>
          <ol className="jp-smext-Iam-list">
            {explanation.steps.map((step, index) => (
              <li key={index}>{step}</li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
