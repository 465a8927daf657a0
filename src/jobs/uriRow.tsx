import { Clipboard } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { copyIcon, folderIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

/** What can be done with an s3:// URI. */
export interface IUriActions {
  /** Open it in the S3 browser; null where there is none. */
  showInS3: ((uri: string) => void) | null;
}

/** A named s3:// URI with its actions. */
export function UriRow(props: {
  label: string;
  uri: string | null;
  note?: string;
  actions: IUriActions;
  trans: TranslationBundle;
  children?: React.ReactNode;
}): JSX.Element {
  const { uri, trans, actions } = props;
  return (
    <li className="jp-smext-Uri">
      <span className="jp-smext-Uri-label">{props.label}</span>
      <span className="jp-smext-Uri-value" title={uri ?? undefined}>
        {uri ?? trans.__('not in S3')}
      </span>
      {props.note && <span className="jp-smext-Uri-note">{props.note}</span>}
      <span className="jp-smext-Uri-actions">
        {uri && (
          <button
            type="button"
            className="jp-smext-IconButton"
            title={trans.__('Copy the URI')}
            aria-label={trans.__('Copy the URI of %1', props.label)}
            onClick={() => Clipboard.copyToSystem(uri)}
          >
            <copyIcon.react tag="span" aria-hidden="true" />
          </button>
        )}
        {uri?.startsWith('s3://') && actions.showInS3 && (
          <button
            type="button"
            className="jp-smext-IconButton"
            title={trans.__('Show in S3')}
            aria-label={trans.__('Show %1 in S3', props.label)}
            onClick={() => actions.showInS3?.(uri)}
          >
            <folderIcon.react tag="span" aria-hidden="true" />
          </button>
        )}
        {props.children}
      </span>
    </li>
  );
}
