import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** A text to be pasted elsewhere, with a button that copies it. */
export function CodeBlock(props: {
  text: string;
  /** What it is, for the button and for screen readers. */
  label: string;
  trans: TranslationBundle;
}): JSX.Element {
  const { text, label, trans } = props;
  return (
    <div className="jp-smext-CodeBlock">
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <button
        type="button"
        className="jp-smext-IconButton"
        title={trans.__('Copy: %1', label)}
        aria-label={trans.__('Copy: %1', label)}
        onClick={() => Clipboard.copyToSystem(text)}
      >
        <copyIcon.react tag="span" aria-hidden="true" />
      </button>
    </div>
  );
}
