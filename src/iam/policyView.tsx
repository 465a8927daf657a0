import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect, UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { LintReport, PolicyUse } from '../api/types';
import { Button } from '../common/button';
import { ErrorView } from '../common/errorView';
import { formatNumber } from '../common/format';
import { Tabs } from '../common/tabs';
import { asText } from './statement';
import { FindingsView } from './findingsView';
import { FixView } from './fixView';
import { GeneratorView } from './generatorView';
import { type IPlace, JsonEditor } from './jsonEditor';
import type { PolicyModel } from './policyModel';
import { candidateRoles } from './roles';
import type { IamService } from './service';
import { WhatIfView } from './whatIfView';
import type { WhoModel } from './whoModel';

export interface IPolicyViewProps {
  model: PolicyModel;
  who: WhoModel;
  service: IamService;
  services: IEditorServices;
  trans: TranslationBundle;
}

/** A policy as text, beside what is wrong with it, ways to write one, and what it would decide. */
export function PolicyView(props: IPolicyViewProps): JSX.Element {
  const { model, who } = props;
  React.useEffect(() => who.wake(), [who]);
  return (
    <UseSignal signal={who.changed}>
      {() => <UseSignal signal={model.changed}>{() => <Policy {...props} />}</UseSignal>}
    </UseSignal>
  );
}

function Policy(props: IPolicyViewProps): JSX.Element {
  const { model, who, service, trans } = props;
  const [tab, setTab] = React.useState('findings');
  const [target, setTarget] = React.useState<IPlace | null>(null);
  const { document, report } = model;
  const count = report?.findings.length ?? 0;
  const roles = candidateRoles(who.who, null, trans);
  return (
    <div className="jp-smext-Policy">
      <div className="jp-smext-Policy-text">
        <div className="jp-smext-Policy-bar">
          <h2>{trans.__('Policy')}</h2>
          <HTMLSelect
            aria-label={trans.__('What the policy is for')}
            value={model.use ?? ''}
            onChange={event => (model.use = (event.target.value || null) as PolicyUse | null)}
          >
            <option value="">{trans.__('Kind: as the text tells')}</option>
            <option value="identity">{trans.__('Of a role or user')}</option>
            <option value="resource">{trans.__('Of a resource')}</option>
            <option value="trust">{trans.__('Trust policy')}</option>
          </HTMLSelect>
          <Button
            label={trans.__('Format')}
            disabled={!document}
            onClick={() => (model.text = asText(document))}
          />
        </div>
        <JsonEditor
          services={props.services}
          text={model.text}
          label={trans.__('Policy text')}
          onChange={text => (model.text = text)}
          target={target}
        />
        {report && <Size size={report.size} trans={trans} />}
      </div>
      <div className="jp-smext-Policy-side">
        <Tabs
          label={trans.__('About the policy')}
          current={tab}
          onChange={setTab}
          tabs={[
            {
              id: 'findings',
              label: count > 0 ? trans.__('Findings (%1)', count) : trans.__('Findings'),
              content: () => (
                <>
                  {model.error && (
                    <ErrorView
                      error={model.error}
                      trans={trans}
                      onRetry={() => void model.check()}
                    />
                  )}
                  <FindingsView
                    model={model}
                    service={service}
                    onShow={finding => setTarget({ line: finding.line, column: finding.column })}
                    trans={trans}
                  />
                </>
              )
            },
            {
              id: 'generate',
              label: trans.__('Generate'),
              content: () => (
                <GeneratorView
                  service={service}
                  onUse={generated => (model.text = asText(generated))}
                  trans={trans}
                />
              )
            },
            {
              id: 'what-if',
              label: trans.__('What if'),
              content: () => (
                <WhatIfView service={service} document={document} who={who.who} trans={trans} />
              )
            },
            {
              id: 'apply',
              label: trans.__('Apply'),
              content: () =>
                document &&
                report &&
                !report.findings.some(({ severity }) => severity === 'error') ? (
                  <FixView
                    model={model.fix}
                    document={document}
                    roles={roles}
                    packetFor={
                      roles.length > 0 ? role => ({ role_arn: role, document }) : undefined
                    }
                    attach
                    trans={trans}
                  />
                ) : (
                  <p className="jp-smext-Iam-text">
                    {trans.__('A policy without errors can be applied to a role from here.')}
                  </p>
                )
            }
          ]}
        />
      </div>
    </div>
  );
}

/** How much of AWS's limits a policy takes. */
function Size(props: { size: LintReport['size']; trans: TranslationBundle }): JSX.Element {
  const { trans } = props;
  const { characters, managed_policy_limit, role_inline_limit } = props.size;
  const text = trans.__(
    '%1 of %2 characters of a managed policy; all inline policies of a role share %3',
    formatNumber(characters),
    formatNumber(managed_policy_limit),
    formatNumber(role_inline_limit)
  );
  return (
    <div className="jp-smext-Size" title={trans.__('White space does not count.')}>
      <meter
        aria-label={trans.__('Size')}
        max={managed_policy_limit}
        high={managed_policy_limit * 0.9}
        optimum={0}
        value={characters}
      />
      <span>{text}</span>
    </div>
  );
}
