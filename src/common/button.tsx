import type { LabIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

export interface IButtonProps {
  label: string;
  icon?: LabIcon;
  disabled?: boolean;
  /** The step that the view suggests. */
  primary?: boolean;
  onClick(): void;
}

/** A button with a word, as in JupyterLab's dialogs. */
export function Button(props: IButtonProps): React.ReactElement {
  return (
    <button
      type="button"
      className={`jp-Button jp-mod-styled jp-smext-Button ${props.primary ? 'jp-mod-accept' : 'jp-mod-reject'}`}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {props.icon && <props.icon.react tag="span" aria-hidden="true" />}
      {props.label}
    </button>
  );
}
