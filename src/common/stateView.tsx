import type { TranslationBundle } from '@jupyterlab/translation';
import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** Shown while the first answer is under way. It appears late, so that a quick answer does not flicker. */
export function LoadingView(props: { trans: TranslationBundle }): React.ReactElement {
  const { trans } = props;
  return (
    <div className="jp-smext-LoadingView" role="status">
      <span className="jp-smext-Spinner" aria-hidden="true" />
      <span>{trans.__('Loading…')}</span>
    </div>
  );
}

export interface IEmptyViewProps {
  icon?: LabIcon;
  /** What is not there. */
  title: string;
  /** How to get something there. */
  hint?: string;
  /** The next step, as buttons. */
  children?: React.ReactNode;
}

/** Shown where there is nothing, with the next step. */
export function EmptyView(props: IEmptyViewProps): React.ReactElement {
  return (
    <div className="jp-smext-EmptyView">
      {props.icon && (
        <props.icon.react tag="span" className="jp-smext-EmptyView-icon" aria-hidden="true" />
      )}
      <div className="jp-smext-EmptyView-title">{props.title}</div>
      {props.hint && <p className="jp-smext-EmptyView-hint">{props.hint}</p>}
      {props.children && <div className="jp-smext-EmptyView-actions">{props.children}</div>}
    </div>
  );
}
