import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { PreflightCheck, PreflightReport } from '../api/types';
import { ErrorView } from '../common/errorView';
import { breakable } from '../common/breakable';
import { Facts } from '../common/facts';
import { formatTime } from '../common/format';
import { LoadingView } from '../common/stateView';
import { Status } from '../common/status';
import { answerOf, CheckView, ProbesView } from './checkView';
import { CodeBlock } from './codeBlock';
import { asText } from './statement';
import { FixView } from './fixView';
import { OPERATIONS, type PreflightModel, type Subject } from './preflightModel';
import { candidateRoles } from './roles';
import type { WhoModel } from './whoModel';

export interface IPreflightViewProps {
  model: PreflightModel;
  who: WhoModel;
  /** Paths of the Estimator files that are open. */
  openFiles: () => string[];
  trans: TranslationBundle;
}

/** Every permission that a launch needs, before it is launched. */
export function PreflightView(props: IPreflightViewProps): JSX.Element {
  const { model, who } = props;
  React.useEffect(() => who.wake(), [who]);
  return (
    <UseSignal signal={who.changed}>
      {() => <UseSignal signal={model.changed}>{() => <Preflight {...props} />}</UseSignal>}
    </UseSignal>
  );
}

function Preflight(props: IPreflightViewProps): JSX.Element {
  const { model, trans } = props;
  return (
    <div className="jp-smext-Preflight">
      <h2>{trans.__('Permissions of a launch')}</h2>
      <LaunchForm {...props} />
      <PreflightResultView model={model} who={props.who} trans={trans} />
    </div>
  );
}

/** What was found for the launch that was checked last. */
export function PreflightResultView(props: {
  model: PreflightModel;
  who: WhoModel;
  trans: TranslationBundle;
}): JSX.Element {
  const { model, who, trans } = props;
  const { report } = model;
  React.useEffect(() => who.wake(), [who]);
  return (
    <>
      {model.error && (
        <ErrorView error={model.error} trans={trans} onRetry={() => void model.check()} />
      )}
      {model.busy && !report && <LoadingView trans={trans} />}
      {report && (
        <div aria-busy={model.busy}>
          <Summary report={report} trans={trans} />
          <ProbesView
            plan={report.probe_plan}
            busy={model.busy}
            trans={trans}
            onRun={() => void model.check({ probes: true })}
          />
          <Requirements checks={report.checks} trans={trans} />
          {model.missing.map(([subject, document]) => (
            <section key={subject} className="jp-smext-Missing" data-subject={subject}>
              <h3>{missingOf(subject, trans)}</h3>
              <CodeBlock text={asText(document)} label={missingOf(subject, trans)} trans={trans} />
              <FixView
                model={model.fixOf(subject)}
                document={subject === 'sagemaker' ? null : document}
                roles={candidateRoles(who.who, principalOf(report, subject), trans)}
                packetFor={role => model.packetFor(subject, role)}
                onOver={() => void model.check({ refresh: true })}
                trans={trans}
              />
            </section>
          ))}
          {model.unsettled.map(([subject, document]) => (
            <details key={subject} className="jp-smext-Unsettled" data-unsettled={subject}>
              <summary>{unsettledOf(subject, trans)}</summary>
              <p className="jp-smext-Iam-text">
                {trans.__(
                  'Policies that cannot be read from here may allow it already. With these statements it does not depend on them.'
                )}
              </p>
              <CodeBlock
                text={asText(document)}
                label={unsettledOf(subject, trans)}
                trans={trans}
              />
            </details>
          ))}
          {report.not_seen.length > 0 && (
            <section className="jp-smext-NotSeen">
              <h3>{trans.__('What nobody here can see')}</h3>
              <ul className="jp-smext-Iam-list">
                {report.not_seen.map(each => (
                  <li key={each}>{each}</li>
                ))}
              </ul>
            </section>
          )}
        </div>
      )}
    </>
  );
}

function LaunchForm(props: IPreflightViewProps): JSX.Element {
  const { model, trans } = props;
  const { launch } = model;
  const id = React.useId();
  return (
    <form
      className="jp-smext-Iam-form"
      onSubmit={event => {
        event.preventDefault();
        void model.check();
      }}
    >
      <label htmlFor={`${id}source`}>{trans.__('From')}</label>
      <HTMLSelect
        id={`${id}source`}
        value={launch.source}
        onChange={event =>
          (model.launch = { ...launch, source: event.target.value as typeof launch.source })
        }
      >
        <option value="file">{trans.__('an Estimator file')}</option>
        <option value="request">{trans.__('a request as JSON')}</option>
      </HTMLSelect>
      {launch.source === 'file' ? (
        <>
          <label htmlFor={`${id}path`}>{trans.__('File')}</label>
          <input
            id={`${id}path`}
            className="jp-mod-styled"
            value={launch.path}
            list={`${id}files`}
            placeholder={trans.__('train.sagemaker.yaml')}
            required
            spellCheck={false}
            autoComplete="off"
            onChange={event => (model.launch = { ...launch, path: event.target.value })}
          />
          <datalist id={`${id}files`}>
            {props.openFiles().map(path => (
              <option key={path} value={path} />
            ))}
          </datalist>
        </>
      ) : (
        <>
          <label htmlFor={`${id}operation`}>{trans.__('API call')}</label>
          <HTMLSelect
            id={`${id}operation`}
            value={launch.operation}
            onChange={event => (model.launch = { ...launch, operation: event.target.value })}
          >
            {OPERATIONS.map(operation => (
              <option key={operation} value={operation}>
                {operation}
              </option>
            ))}
          </HTMLSelect>
          <label htmlFor={`${id}request`}>{trans.__('Request')}</label>
          <textarea
            id={`${id}request`}
            className="jp-mod-styled jp-smext-Doctor-text"
            rows={8}
            required
            spellCheck={false}
            value={launch.request}
            onChange={event => (model.launch = { ...launch, request: event.target.value })}
          />
        </>
      )}
      <button
        type="submit"
        className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button"
        disabled={!model.ready}
      >
        {trans.__('Check')}
      </button>
    </form>
  );
}

function Summary(props: { report: PreflightReport; trans: TranslationBundle }): JSX.Element {
  const { report, trans } = props;
  const count = (answer: string) => report.checks.filter(check => check.answer === answer).length;
  const [allowed, denied, unknown] = ['allowed', 'denied', 'unknown'].map(count);
  return (
    <div className="jp-smext-Preflight-summary" role="status">
      <strong>{report.operation}</strong>
      {denied > 0 && <Status kind="bad" word={trans._n('%1 denied', '%1 denied', denied)} />}
      {unknown > 0 && (
        <Status kind="unknown" word={trans._n('%1 not known', '%1 not known', unknown)} />
      )}
      {allowed > 0 && <Status kind="good" word={trans._n('%1 allowed', '%1 allowed', allowed)} />}
      <span className="jp-smext-Iam-text">
        {trans.__('Checked at %1', formatTime(report.checked_at))}
      </span>
    </div>
  );
}

const ORDER = ['denied', 'unknown', 'allowed'];

function Requirements(props: {
  checks: readonly PreflightCheck[];
  trans: TranslationBundle;
}): JSX.Element {
  const { trans } = props;
  const checks = [...props.checks].sort(
    (a, b) => ORDER.indexOf(a.answer) - ORDER.indexOf(b.answer)
  );
  return (
    <table className="jp-smext-Requirements">
      <thead>
        <tr>
          <th scope="col">{trans.__('Verdict')}</th>
          <th scope="col">{trans.__('Who')}</th>
          <th scope="col">{trans.__('Permission')}</th>
          <th scope="col">{trans.__('When')}</th>
          <th scope="col">{trans.__('For')}</th>
        </tr>
      </thead>
      <tbody>
        {checks.map((check, index) => (
          <RequirementRow key={index} check={check} trans={trans} />
        ))}
      </tbody>
    </table>
  );
}

function RequirementRow(props: { check: PreflightCheck; trans: TranslationBundle }): JSX.Element {
  const { check, trans } = props;
  const { requirement } = check;
  const [open, setOpen] = React.useState(false);
  const id = React.useId();
  return (
    <>
      <tr data-answer={check.answer}>
        <td>
          <button
            type="button"
            className="jp-smext-Requirement-toggle"
            aria-expanded={open}
            aria-controls={id}
            title={trans.__('Show the evidence')}
            onClick={() => setOpen(!open)}
          >
            <Status {...answerOf(check, trans)} />
          </button>
        </td>
        <td title={requirement.principal ?? undefined}>{subjectOf(requirement.subject, trans)}</td>
        <td>
          <span className="jp-smext-Requirement-action">{requirement.action}</span>
          <span className="jp-smext-Iam-arn">{breakable(requirement.resource)}</span>
        </td>
        <td
          title={
            requirement.when === 'call'
              ? trans.__('Without it the call is refused.')
              : trans.__('Without it the job is accepted, and fails later.')
          }
        >
          {requirement.when === 'call' ? trans.__('at the call') : trans.__('later')}
        </td>
        <td title={requirement.field}>{requirement.reason}</td>
      </tr>
      <tr id={id} className="jp-smext-Requirement-more" hidden={!open}>
        <td colSpan={5}>
          <Facts
            facts={[
              [trans.__('Principal'), requirement.principal],
              [trans.__('In the request'), requirement.field]
            ]}
          />
          <CheckView check={check} trans={trans} />
        </td>
      </tr>
    </>
  );
}

function principalOf(report: PreflightReport, subject: Subject): string | null {
  return (
    report.checks.find(check => check.requirement.subject === subject)?.requirement.principal ??
    null
  );
}

function subjectOf(subject: Subject, trans: TranslationBundle): string {
  switch (subject) {
    case 'caller':
      return trans.__('you');
    case 'execution_role':
      return trans.__('execution role');
    case 'sagemaker':
      return trans.__('SageMaker');
  }
}

function unsettledOf(subject: Subject, trans: TranslationBundle): string {
  switch (subject) {
    case 'caller':
      return trans.__('What you may be missing');
    case 'execution_role':
      return trans.__('What the execution role may be missing');
    case 'sagemaker':
      return trans.__('What SageMaker may be missing');
  }
}

function missingOf(subject: Subject, trans: TranslationBundle): string {
  switch (subject) {
    case 'caller':
      return trans.__('What you are missing');
    case 'execution_role':
      return trans.__('What the execution role is missing');
    case 'sagemaker':
      return trans.__('What SageMaker is missing');
  }
}
