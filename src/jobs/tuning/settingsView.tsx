import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { HyperParameterTuningJob, TrialDefinition, TunedRange } from '../../api/types';
import { formatDuration, formatNumber } from '../../common/format';
import { NameValues } from '../parametersView';
import { objectiveWord } from './head';

/** What a tuning job was given: its limits, and for each definition the ranges and what all training jobs share. */
export function SettingsView(props: {
  job: HyperParameterTuningJob;
  onOpenTuningJob: (name: string) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { job, trans } = props;
  const number = (value: number | null) => (value === null ? null : formatNumber(value));
  const limits: [string, React.ReactNode][] = [
    [trans.__('Strategy'), job.strategy],
    [trans.__('Training jobs at most'), number(job.max_number_of_training_jobs)],
    [trans.__('At once'), number(job.max_parallel_training_jobs)],
    [
      trans.__('Longest run'),
      job.max_runtime_in_seconds === null ? null : formatDuration(job.max_runtime_in_seconds)
    ],
    [trans.__('Early stopping'), job.training_job_early_stopping_type],
    [
      trans.__('Learned from'),
      job.parents.length > 0 && `${job.parents.join(', ')} (${job.warm_start_type})`
    ]
  ];
  return (
    <div className="jp-smext-Parameters">
      <NameValues
        title={trans.__('Tuning')}
        entries={limits.filter(([, value]) => value)}
        trans={trans}
      />
      {job.definitions.map((definition, index) => (
        <Definition key={index} definition={definition} trans={trans} />
      ))}
    </div>
  );
}

function Definition(props: { definition: TrialDefinition; trans: TranslationBundle }): JSX.Element {
  const { definition, trans } = props;
  const { definition_name: name, objective } = definition;
  const of = (title: string) => (name ? `${name}: ${title}` : title);
  const settings: [string, React.ReactNode][] = [
    [
      trans.__('Objective'),
      objective && `${objectiveWord(objective.type, trans)} ${objective.metric_name}`
    ],
    [trans.__('Image'), definition.training_image ?? definition.algorithm_name],
    [
      trans.__('Instances'),
      definition.instances.map(each => `${each.instance_count} × ${each.instance_type}`).join(', ')
    ],
    [
      trans.__('Longest run'),
      definition.max_runtime_in_seconds === null
        ? null
        : formatDuration(definition.max_runtime_in_seconds)
    ],
    [
      trans.__('Managed spot training'),
      definition.enable_managed_spot_training ? trans.__('yes') : trans.__('no')
    ],
    [trans.__('Role'), definition.role_arn]
  ];
  return (
    <>
      <section>
        <h3>{of(trans.__('Ranges'))}</h3>
        <table className="jp-smext-Table">
          <tbody>
            {definition.ranges.map(range => (
              <tr key={range.name}>
                <th scope="row">{range.name}</th>
                <td>{rangeWords(range, trans)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <NameValues
        title={of(trans.__('Fixed hyperparameters'))}
        entries={Object.entries(definition.static_hyperparameters ?? {})}
        trans={trans}
      />
      <NameValues
        title={of(trans.__('Training jobs'))}
        entries={settings.filter(([, value]) => value)}
        trans={trans}
      />
    </>
  );
}

function rangeWords(range: TunedRange, trans: TranslationBundle): string {
  switch (range.kind) {
    case 'categorical':
      return range.values.join(', ');
    case 'auto':
      return trans.__('chosen by AWS, near %1', range.values.join(', '));
    default:
      return trans.__('%1 to %2 (%3)', range.min_value, range.max_value, scalingWord(range, trans));
  }
}

function scalingWord(range: TunedRange, trans: TranslationBundle): string {
  switch (range.scaling_type) {
    case 'Linear':
      return trans.__('linear');
    case 'Logarithmic':
      return trans.__('logarithmic');
    case 'ReverseLogarithmic':
      return trans.__('reverse logarithmic');
    default:
      return trans.__('scaling chosen by AWS');
  }
}
