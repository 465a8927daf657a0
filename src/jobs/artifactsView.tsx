import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { TrainingJob } from '../api/types';
import { UriRow, type IUriActions } from './uriRow';

/** What a job made and what it was made from. */
export function ArtifactsView(props: {
  job: TrainingJob;
  actions: IUriActions;
  /** Deploy the model; null where endpoints are switched off. */
  onDeploy: (() => void) | null;
  trans: TranslationBundle;
}): JSX.Element {
  const { job, actions, trans } = props;
  return (
    <ul className="jp-smext-Uris">
      {job.model_artifacts ? (
        <UriRow label={trans.__('Model')} uri={job.model_artifacts} actions={actions} trans={trans}>
          {props.onDeploy && job.training_job_status === 'Completed' && (
            <button
              type="button"
              className="jp-Button jp-mod-styled jp-mod-accept jp-smext-Button"
              onClick={props.onDeploy}
            >
              {trans.__('Deploy…')}
            </button>
          )}
        </UriRow>
      ) : (
        <li className="jp-smext-Uri">
          <span className="jp-smext-Uri-label">{trans.__('Model')}</span>
          <span className="jp-smext-Uri-value">{trans.__('none yet')}</span>
        </li>
      )}
      {job.output_path && (
        <UriRow
          label={trans.__('Output path')}
          uri={job.output_path}
          actions={actions}
          trans={trans}
        />
      )}
      {job.source_dir && (
        <UriRow
          label={trans.__('Source code')}
          uri={job.source_dir}
          actions={actions}
          trans={trans}
        />
      )}
    </ul>
  );
}
