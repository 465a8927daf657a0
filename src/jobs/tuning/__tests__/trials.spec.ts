import type { HyperParameterTuningJob, Trial } from '../../../api/types';
import { logChoice, overHyperparameter, overTrials } from '../chartData';
import { countsOf, endedCount } from '../status';
import {
  bestSoFar,
  HYPERPARAMETER,
  objectiveOf,
  shortName,
  sortTrials,
  tunedNames
} from '../trials';

const NOW = Date.parse('2026-01-01T01:00:00Z');

function trial(name: string, more: Partial<Trial> = {}): Trial {
  return {
    training_job_name: `tune-${name}`,
    training_job_status: 'Completed',
    objective: null,
    tuned_hyperparameters: {},
    creation_time: '2026-01-01T00:00:00Z',
    training_start_time: null,
    training_end_time: null,
    failure_reason: null,
    ...more
  } as Trial;
}

function job(more: object = {}): HyperParameterTuningJob {
  return {
    hyper_parameter_tuning_job_name: 'tune',
    best_training_job: trial('b'),
    definitions: [
      {
        definition_name: null,
        objective: { metric_name: 'score', type: 'Maximize' },
        ranges: [
          {
            name: 'lr',
            kind: 'continuous',
            min_value: 0.001,
            max_value: 1,
            scaling_type: 'Logarithmic',
            values: []
          },
          {
            name: 'depth',
            kind: 'integer',
            min_value: 0,
            max_value: 9,
            scaling_type: 'Auto',
            values: []
          },
          {
            name: 'kind',
            kind: 'categorical',
            min_value: null,
            max_value: null,
            scaling_type: null,
            values: ['x', 'y']
          }
        ]
      }
    ],
    ...more
  } as HyperParameterTuningJob;
}

const names = (trials: readonly Trial[]) => trials.map(each => each.training_job_name.slice(-1));

describe('sortTrials', () => {
  const trials = [
    trial('a', { objective: 2, tuned_hyperparameters: { lr: '1e-3' } }),
    trial('b', { objective: 10, tuned_hyperparameters: { lr: '0.5' } }),
    trial('c', {
      tuned_hyperparameters: { lr: '0.02' },
      training_start_time: '2026-01-01T00:59:00Z'
    })
  ];

  it.each([
    ['objective', true, 'bac'],
    ['objective', false, 'abc'],
    [`${HYPERPARAMETER}lr`, false, 'acb'],
    [`${HYPERPARAMETER}lr`, true, 'bca'],
    ['duration', true, 'cab'],
    ['name', true, 'cba']
  ])('by %s, descending: %s', (column, descending, expected) => {
    expect(names(sortTrials(trials, { column, descending }, NOW)).join('')).toBe(expected);
  });
});

it('follows the best value up and down', () => {
  expect(bestSoFar([null, 2, 1, null, 3], 'Maximize')).toEqual([null, 2, 2, 2, 3]);
  expect(bestSoFar([2, 3, 1], 'Minimize')).toEqual([2, 2, 1]);
});

it('names hyperparameters with a range first, and trials without the tuning job', () => {
  const tried = trial('a', { tuned_hyperparameters: { other: '1', lr: '1' } });
  expect(tunedNames(job(), [tried])).toEqual(['lr', 'depth', 'kind', 'other']);
  expect(shortName(job(), tried)).toBe('a');
  expect(shortName(job(), { ...tried, training_job_name: 'elsewhere' })).toBe('elsewhere');
});

it('takes the objective of the definition of a trial', () => {
  const several = job({
    definitions: [
      { definition_name: 'one', objective: { metric_name: 'a', type: 'Maximize' }, ranges: [] },
      { definition_name: 'two', objective: { metric_name: 'b', type: 'Minimize' }, ranges: [] }
    ]
  });
  const second = trial('x', { training_job_definition_name: 'two' });
  expect(objectiveOf(several, second)?.metric_name).toBe('b');
  expect(objectiveOf(several)?.metric_name).toBe('a');
});

describe('charts', () => {
  const trials = [
    trial('a', { objective: 0.5, tuned_hyperparameters: { lr: '0.1', kind: 'y' } }),
    trial('f', { tuned_hyperparameters: { lr: '0.2', kind: 'x' } }),
    trial('b', { objective: 0.9, tuned_hyperparameters: { lr: '0.01', kind: 'z' } })
  ];

  it('number the training jobs, also those that have no value', () => {
    const { points, axis, bestSoFar: line } = overTrials(job(), trials);
    expect(points.map(({ x, y, isBest }) => [x, y, isBest])).toEqual([
      [1, 0.5, false],
      [3, 0.9, true]
    ]);
    expect(axis).toEqual({ kind: 'linear', range: [0.5, 3.5] });
    expect(line).toEqual([0.5, 0.9]);
  });

  it('put the points in order on a logarithmic axis over the whole range', () => {
    const { points, axis } = overHyperparameter(job(), trials, 'lr', true);
    expect(points.map(each => each.x)).toEqual([0.01, 0.1]);
    expect(axis).toEqual({ kind: 'log', range: [0.001, 1] });
  });

  it('place words beside each other, those of the range first', () => {
    const { points, axis } = overHyperparameter(job(), trials, 'kind', false);
    expect(axis).toEqual({ kind: 'names', names: ['x', 'y', 'z'] });
    expect(points.map(each => each.x)).toEqual([1, 2]);
  });

  it('take numbers without a range as far as they were tried', () => {
    const { axis } = overHyperparameter(job({ definitions: [] }), trials, 'lr', false);
    expect(axis.kind === 'linear' && axis.range[0] < 0.01 && axis.range[1] > 0.2).toBe(true);
  });

  it('are logarithmic where the search was, and only can be above zero', () => {
    expect(logChoice(job(), 'lr')).toEqual({ possible: true, natural: true });
    expect(logChoice(job(), 'depth')).toEqual({ possible: false, natural: false });
    expect(logChoice(job(), 'kind')).toEqual({ possible: false, natural: false });
  });
});

it('counts what AWS counts apart as failed', () => {
  const counts = countsOf({ Completed: 2, NonRetryableError: 1, RetryableError: 1, InProgress: 3 });
  expect(counts).toEqual({ completed: 2, running: 3, failed: 2, stopped: 0 });
  expect(endedCount(counts)).toBe(4);
});
