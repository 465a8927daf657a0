import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** The name of what a tab is about, as its heading, with a button that copies it. */
export function HeadName(props: { name: string; trans: TranslationBundle }): JSX.Element {
  const { name, trans } = props;
  const copy = trans.__('Copy the name');
  return (
    <div className="jp-smext-Head-name">
      <h2 className="jp-smext-Head-title" title={name}>
        {name}
      </h2>
      <button
        type="button"
        className="jp-smext-IconButton"
        title={copy}
        aria-label={copy}
        onClick={() => Clipboard.copyToSystem(name)}
      >
        <copyIcon.react tag="span" aria-hidden="true" />
      </button>
    </div>
  );
}
