import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { GeneratedPolicy } from '../api/types';
import { formatNumber } from '../common/format';
import { Status } from '../common/status';

/** That a generated policy is enough, and what the usual remedy would open beside it. */
export function Comparison(props: {
  generated: GeneratedPolicy;
  trans: TranslationBundle;
}): JSX.Element {
  const { generated, trans } = props;
  const { comparison } = generated;
  return (
    <div className="jp-smext-Comparison">
      <Status
        kind={generated.passes_preflight ? 'good' : 'bad'}
        word={
          !generated.passes_preflight
            ? trans.__('Not enough for what it is for')
            : generated.every_action_needed
              ? trans.__('Enough for what it is for, and no action more than that')
              : trans.__('Enough for what it is for')
        }
      />
      <details>
        <summary>
          {trans.__(
            'AmazonS3FullAccess would open %1 more actions, on every bucket',
            formatNumber(comparison.actions)
          )}
        </summary>
        <p className="jp-smext-Iam-text">
          {trans.__('Change who has access: %1', comparison.changes_permissions.join(', '))}
        </p>
        <p className="jp-smext-Iam-text">
          {trans.__('Delete: %1', comparison.destroys.join(', '))}
        </p>
      </details>
    </div>
  );
}
