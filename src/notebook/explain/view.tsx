import type { TranslationBundle } from '@jupyterlab/translation';
import { infoIcon, UseSignal } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { ISmext } from '../../tokens';
import { factsOf, type IHelp } from './help';
import { remediesFor } from './remedies';

export interface IHelpViewProps {
  help: IHelp;
  commands: CommandRegistry;
  /** Null where the core plugin is switched off. */
  smext: ISmext | null;
  trans: TranslationBundle;
}

/** Below a traceback: what happened, what to do, and buttons that do it. */
export function HelpView(props: IHelpViewProps): React.ReactElement {
  const { help, trans } = props;
  const facts = factsOf(help, trans);
  return (
    // Keys that are pressed on a button are for the button, not for the notebook around it.
    <section className="jp-smext-Help" aria-label={help.title} data-lm-suppress-shortcuts="true">
      <div className="jp-smext-Help-title">
        <infoIcon.react tag="span" className="jp-smext-Help-icon" aria-hidden="true" />
        {help.title}
      </div>
      <p>{help.explanation}</p>
      {facts.length > 0 && (
        <dl className="jp-smext-Facts">
          {facts.map(([name, value]) => (
            <React.Fragment key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </React.Fragment>
          ))}
        </dl>
      )}
      {help.steps.length > 0 && (
        <ol>
          {help.steps.map((step, index) => (
            <li key={index}>{step}</li>
          ))}
        </ol>
      )}
      <Remedies {...props} />
    </section>
  );
}

function Remedies(props: IHelpViewProps): React.ReactElement {
  const { help, commands, smext, trans } = props;
  const remedies = remediesFor(help, trans).filter(each => commands.hasCommand(each.command));
  const buttons = (missing: boolean) => (
    <>
      <div className="jp-smext-Help-actions">
        {remedies.map(({ label, caption, command, args }, index) => (
          <button
            key={command}
            type="button"
            className={`jp-Button jp-mod-styled jp-smext-Button ${index === 0 ? 'jp-mod-accept' : 'jp-mod-reject'}`}
            title={caption}
            disabled={missing}
            onClick={() => void commands.execute(command, args)}
          >
            {label}
          </button>
        ))}
        <Page address={help.quotas} label={trans.__('Request a higher quota')} />
        <Page address={help.docs} label={trans.__('Documentation')} />
      </div>
      {missing && remedies.length > 0 && (
        <p className="jp-smext-Help-note">
          {trans.__('The buttons need the SageMaker server extension, which does not answer.')}
        </p>
      )}
    </>
  );
  return smext ? (
    <UseSignal signal={smext.problemChanged}>{() => buttons(smext.problem !== null)}</UseSignal>
  ) : (
    buttons(true)
  );
}

function Page(props: { address: string | undefined; label: string }): React.ReactElement | null {
  return props.address ? (
    <a
      className="jp-smext-Help-page"
      href={props.address}
      target="_blank"
      rel="noopener noreferrer"
    >
      {props.label}
    </a>
  ) : null;
}
