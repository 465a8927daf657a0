import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/**
 * What a dialog would take now, as words; null: nothing.
 *
 * It is a field that must not be empty, and so keeps the dialog from being accepted without a choice.
 */
export function ChosenField(props: {
  value: string | null;
  trans: TranslationBundle;
}): React.ReactElement {
  const { value, trans } = props;
  const field = React.useRef<HTMLInputElement>(null);
  // A dialog looks at its fields when one of them says that it was changed.
  React.useEffect(() => {
    field.current?.dispatchEvent(new Event('input', { bubbles: true }));
  }, [value]);
  return (
    <label className="jp-smext-ChosenField">
      {trans.__('Chosen')}
      <input
        ref={field}
        className="jp-mod-styled"
        // A field that is read-only is not looked at.
        onChange={() => undefined}
        required
        tabIndex={-1}
        placeholder={trans.__('Nothing yet')}
        value={value ?? ''}
      />
    </label>
  );
}
