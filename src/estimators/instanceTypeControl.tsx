import * as React from 'react';
import { useLoaded } from '../common/useLoaded';
import { TextControl, type IControlProps } from './controls';
import { useForm } from './formContext';
import { InstancePicker } from './instancePicker';
import { sizeText } from './instanceText';

/** An instance type, typed or chosen from a list; types that the list does not know can be typed. */
export function InstanceTypeControl(props: IControlProps): JSX.Element {
  const { service, trans } = useForm();
  const { value: offered } = useLoaded(
    React.useCallback(() => service.instanceOffers(), [service])
  );
  const [open, setOpen] = React.useState(false);
  const button = React.useRef<HTMLButtonElement>(null);
  const offers = offered?.offers ?? [];
  const chosen = offers.find(offer => offer.instance_type === props.value);
  const list = `${props.id}-types`;

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <>
      <TextControl {...props} suggestions={list} />
      <datalist id={list}>
        {offers
          .filter(offer => offer.allowed)
          .map(offer => (
            <option key={offer.instance_type} value={offer.instance_type}>
              {sizeText(offer, trans)}
            </option>
          ))}
      </datalist>
      {offered && (
        <button
          ref={button}
          type="button"
          className="jp-Button jp-mod-styled jp-mod-reject jp-smext-Button"
          aria-expanded={open}
          aria-controls={`${props.id}-picker`}
          onClick={() => setOpen(!open)}
        >
          {trans.__('Choose…')}
        </button>
      )}
      {chosen && <span className="jp-smext-Form-note">{sizeText(chosen, trans)}</span>}
      {chosen && !chosen.allowed && offered?.refusal && (
        <div className="jp-smext-Form-problem" role="alert">
          {offered.refusal.message} {offered.refusal.hint}
        </div>
      )}
      {open && offered && (
        <InstancePicker
          id={`${props.id}-picker`}
          offered={offered}
          value={typeof props.value === 'string' ? props.value : null}
          onChoose={type => {
            props.onChange(type);
            close();
          }}
          onClose={close}
        />
      )}
    </>
  );
}
