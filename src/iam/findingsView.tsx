import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Finding } from '../api/types';
import { Button } from '../common/button';
import { EmptyView } from '../common/stateView';
import { type IStatus, Status } from '../common/status';
import { CodeBlock } from './codeBlock';
import { asText } from './statement';
import { iamIcon } from './icon';
import type { PolicyModel } from './policyModel';
import type { IamService } from './service';

export interface IFindingsViewProps {
  model: PolicyModel;
  service: IamService;
  onShow: (finding: Finding) => void;
  trans: TranslationBundle;
}

/** What is wrong with a policy, where, and how it looks repaired. */
export function FindingsView(props: IFindingsViewProps): JSX.Element | null {
  const { model, trans } = props;
  const { report } = model;
  if (!report) {
    return model.error ? null : (
      <EmptyView
        icon={iamIcon}
        title={trans.__('Paste a policy')}
        hint={trans.__('It is checked as you type. Nothing is changed at AWS.')}
      />
    );
  }
  const { findings, remaining, repaired } = report;
  const fixable = findings.filter(finding => finding.fix !== null);
  const hasPlaceholder = findings.some(finding => finding.code === 'placeholder');
  return (
    <>
      {findings.length === 0 && <Status kind="good" word={trans.__('Nothing found')} />}
      <FindingList
        label={trans.__('Findings')}
        findings={findings}
        onShow={props.onShow}
        trans={trans}
      />
      {hasPlaceholder && <BucketChoice {...props} />}
      <Analyzer {...props} />
      {repaired && fixable.length > 0 && (
        <section className="jp-smext-Repair" aria-label={trans.__('Repair')}>
          <div className="jp-smext-Iam-titleRow">
            <h3>{trans.__('Repaired')}</h3>
            <Button label={trans.__('Repair')} primary onClick={() => model.repair()} />
          </div>
          <CodeBlock text={asText(repaired)} label={trans.__('Repaired policy')} trans={trans} />
          {remaining.length > 0 && (
            <>
              <h4>{trans.__('Left to you')}</h4>
              <FindingList label={trans.__('Left to you')} findings={remaining} trans={trans} />
            </>
          )}
        </section>
      )}
    </>
  );
}

/** What AWS's own checks say, asked for by hand: they need a permission and the network. */
function Analyzer(props: IFindingsViewProps): JSX.Element | null {
  const { model, trans } = props;
  const { validation } = model;
  if (!model.document) {
    return null;
  }
  return (
    <section className="jp-smext-Analyzer" aria-label={trans.__('Access Analyzer')}>
      <div className="jp-smext-Iam-titleRow">
        <h3>{trans.__('IAM Access Analyzer')}</h3>
        <Button
          label={trans.__('Ask AWS')}
          disabled={model.validating}
          onClick={() => void model.validate()}
        />
      </div>
      <div aria-live="polite">
        {validation?.ran === false && (
          <p className="jp-smext-Iam-text">
            {validation.action
              ? trans.__('Not asked: %1 is not permitted.', validation.action)
              : trans.__('Not asked: %1', validation.reason ?? '')}
          </p>
        )}
        {validation?.ran && validation.findings.length === 0 && (
          <Status kind="good" word={trans.__('AWS found nothing')} />
        )}
        {validation?.ran && validation.findings.length > 0 && (
          <FindingList
            label={trans.__('Findings of Access Analyzer')}
            findings={validation.findings}
            onShow={props.onShow}
            trans={trans}
          />
        )}
        {!validation && (
          <p className="jp-smext-Iam-text">
            {trans.__(
              'AWS’s own checks of the same text, where access-analyzer:ValidatePolicy is permitted. They cost nothing.'
            )}
          </p>
        )}
      </div>
    </section>
  );
}

function FindingList(props: {
  label: string;
  findings: readonly Finding[];
  /** Show where it is; left out where the text is not in the editor. */
  onShow?: (finding: Finding) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { onShow, trans } = props;
  return (
    <ul className="jp-smext-Findings" aria-label={props.label}>
      {props.findings.map((finding, index) => {
        const content = (
          <>
            <span className="jp-smext-Finding-head">
              <Status {...severityOf(finding.severity, trans)} />
              {onShow && (
                <span className="jp-smext-Finding-place">
                  {trans.__('Line %1, column %2', finding.line, finding.column)}
                </span>
              )}
            </span>
            <span>{finding.message}</span>
            {onShow && finding.fix && (
              <span className="jp-smext-Finding-fix">{trans.__('Repair: %1', finding.fix)}</span>
            )}
          </>
        );
        return (
          <li key={index} data-code={finding.code} data-severity={finding.severity}>
            {onShow ? (
              <button type="button" className="jp-smext-Finding" onClick={() => onShow(finding)}>
                {content}
              </button>
            ) : (
              <div className="jp-smext-Finding">{content}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Which of the account's buckets a placeholder stands for. */
function BucketChoice(props: IFindingsViewProps): JSX.Element {
  const { model, service, trans } = props;
  const [buckets, setBuckets] = React.useState<readonly string[]>([]);
  const id = React.useId();
  React.useEffect(() => {
    let left = false;
    // Without a list of buckets the placeholder is left out, as the repair says.
    service.buckets().then(
      names => !left && setBuckets(names),
      () => undefined
    );
    return () => {
      left = true;
    };
  }, [service]);
  return (
    <div className="jp-smext-Fix-row">
      <label htmlFor={id}>{trans.__('The placeholder stands for')}</label>
      <HTMLSelect
        id={id}
        value={model.bucket ?? ''}
        onChange={event => (model.bucket = event.target.value || null)}
      >
        <option value="">{trans.__('nothing: leave it out')}</option>
        {buckets.map(name => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </HTMLSelect>
    </div>
  );
}

function severityOf(severity: Finding['severity'], trans: TranslationBundle): IStatus {
  switch (severity) {
    case 'error':
      return { kind: 'bad', word: trans.__('Error') };
    case 'warning':
      return { kind: 'stopped', word: trans.__('Warning') };
    case 'info':
      return { kind: 'waiting', word: trans.__('Note') };
  }
}
