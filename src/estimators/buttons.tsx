import {
  addIcon,
  caretDownEmptyThinIcon,
  caretUpEmptyThinIcon,
  closeIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import { useForm } from './formContext';

/** Adds an entry to what it stands in. */
export const AddButton = React.forwardRef<
  HTMLButtonElement,
  { label: string; title?: string; onClick: () => void }
>(({ label, title, onClick }, ref) => (
  <button
    ref={ref}
    type="button"
    className="jp-smext-AddButton"
    title={title}
    aria-label={title}
    onClick={onClick}
  >
    <addIcon.react tag="span" aria-hidden="true" />
    {label}
  </button>
));
AddButton.displayName = 'AddButton';

export function RemoveButton(props: {
  label: string;
  /** Where there is more to say than whom it removes. */
  title?: string;
  onClick: () => void;
}): JSX.Element {
  return <IconButton icon={closeIcon} {...props} />;
}

export function IconButton(props: {
  icon: LabIcon;
  label: string;
  title?: string;
  onClick: () => void;
}): JSX.Element {
  return (
    <button
      type="button"
      className="jp-smext-IconButton"
      title={props.title ?? props.label}
      aria-label={props.label}
      onClick={props.onClick}
    >
      <props.icon.react tag="span" aria-hidden="true" />
    </button>
  );
}

/** Shows and hides what is rarely needed. */
export function MoreButton(props: { open: boolean; onClick: () => void }): JSX.Element {
  const { trans } = useForm();
  const Icon = props.open ? caretUpEmptyThinIcon : caretDownEmptyThinIcon;
  return (
    <button
      type="button"
      className="jp-smext-AddButton jp-smext-MoreButton"
      aria-expanded={props.open}
      onClick={props.onClick}
    >
      <Icon.react tag="span" aria-hidden="true" />
      {props.open ? trans.__('Less') : trans.__('More')}
    </button>
  );
}
