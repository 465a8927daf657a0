import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { TrainingJob } from '../api/types';
import { formatDuration } from '../common/format';
import { UriRow, type IUriActions } from './uriRow';

/** What a job was given: hyperparameters, data, environment and settings. */
export function ParametersView(props: {
  job: TrainingJob;
  actions: IUriActions;
  trans: TranslationBundle;
}): JSX.Element {
  const { job, trans } = props;
  const settings: [string, React.ReactNode][] = [
    [trans.__('Image'), job.training_image ?? job.algorithm_name],
    [trans.__('Entry point'), job.entry_point],
    [trans.__('Instances'), instances(job)],
    [
      trans.__('Volume'),
      job.volume_size_in_gb === null ? null : trans.__('%1 GB', job.volume_size_in_gb)
    ],
    [
      trans.__('Longest run'),
      job.max_runtime_in_seconds === null ? null : formatDuration(job.max_runtime_in_seconds)
    ],
    [
      trans.__('Managed spot training'),
      job.enable_managed_spot_training ? trans.__('yes') : trans.__('no')
    ],
    [trans.__('Role'), job.role_arn]
  ];
  return (
    <div className="jp-smext-Parameters">
      <NameValues
        title={trans.__('Hyperparameters')}
        entries={Object.entries(job.hyperparameters ?? {})}
        trans={trans}
      />
      <section>
        <h3>{trans.__('Data channels')}</h3>
        {job.channels.length === 0 && <p>{trans.__('None')}</p>}
        <ul className="jp-smext-Uris">
          {job.channels.map(channel => (
            <UriRow
              key={channel.channel_name}
              label={channel.channel_name}
              uri={channel.s3_uri}
              note={[channel.content_type, channel.input_mode].filter(Boolean).join(' · ')}
              actions={props.actions}
              trans={trans}
            />
          ))}
        </ul>
      </section>
      <NameValues
        title={trans.__('Environment')}
        entries={Object.entries(job.environment ?? {})}
        trans={trans}
      />
      <NameValues
        title={trans.__('Settings')}
        entries={settings.filter(([, value]) => value)}
        trans={trans}
      />
      <NameValues
        title={trans.__('Metrics')}
        entries={Object.entries(job.metric_definitions ?? {})}
        trans={trans}
      />
      {job.tags && (
        <NameValues title={trans.__('Tags')} entries={Object.entries(job.tags)} trans={trans} />
      )}
    </div>
  );
}

/** `2 × ml.m5.large`, as far as it is known. */
export function instances(job: TrainingJob): string | null {
  return job.instance_type && `${job.instance_count ?? 1} × ${job.instance_type}`;
}

/** Names with their values, below a title. */
export function NameValues(props: {
  title: string;
  entries: readonly [string, React.ReactNode][];
  trans: TranslationBundle;
}): JSX.Element {
  const { trans } = props;
  return (
    <section>
      <h3>{props.title}</h3>
      {props.entries.length === 0 ? (
        <p>{trans.__('None')}</p>
      ) : (
        <table className="jp-smext-Table">
          <tbody>
            {props.entries.map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
