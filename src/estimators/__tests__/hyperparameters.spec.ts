import { nullTranslator } from '@jupyterlab/translation';
import type { AlgorithmHyperparameter } from '../../api/types';
import { describeHyperparameter, firstRange, rangeKinds, valueProblem } from '../hyperparameters';

const trans = nullTranslator.load('jupyter_smext');

function definition(more: Partial<AlgorithmHyperparameter>): AlgorithmHyperparameter {
  return {
    required: false,
    tunable: false,
    type: 'str',
    words: [],
    ...more
  } as AlgorithmHyperparameter;
}

describe('valueProblem', () => {
  it.each<[Partial<AlgorithmHyperparameter>, unknown, string | null]>([
    [{ type: 'int', minimum: 1 }, 3, null],
    [{ type: 'int', minimum: 1 }, '3', null],
    [{ type: 'int', minimum: 1 }, 0, 'At least 1.'],
    [{ type: 'int' }, 2.5, 'This is a whole number.'],
    [{ type: 'int' }, 'many', 'This is a number.'],
    [{ type: 'int' }, 'auto', 'This is a number.'],
    [{ type: 'int', words: ['auto'] }, 'auto', null],
    [{ type: 'bool', words: ['auto'] }, 'auto', null],
    [{ type: 'float', above: 0, below: 1 }, 0, 'More than 0.'],
    [{ type: 'float', above: 0, below: 1 }, 1, 'Less than 1.'],
    [{ type: 'float', maximum: 1 }, 1.5, 'At most 1.'],
    [{ type: 'float', maximum: 1 }, '${env.RATE}', null],
    [{ type: 'str', choices: ['a', 'b'] }, 'c', 'One of a, b.'],
    [{ type: 'str', choices: ['a', 'b'] }, 'b', null],
    [{}, 'anything', null]
  ])('%j with %j', (more, value, expected) => {
    expect(valueProblem(definition(more), value, trans)).toBe(expected);
  });
});

it('describes what is documented, and nothing else', () => {
  expect(
    describeHyperparameter(
      definition({ type: 'int', minimum: 1, required: true, tunable: true, recommended: [1, 10] }),
      trans
    )
  ).toBe('whole number · from 1 · required · tunable, usually 1 to 10');
  expect(
    describeHyperparameter(
      definition({ type: 'float', above: 0, words: ['auto', 'balanced'], default: '1.0' }),
      trans
    )
  ).toBe('number · more than 0 · or auto | balanced · without it 1.0');
  expect(describeHyperparameter(definition({}), trans)).toBe('text');
});

it('offers the ranges that go with a type', () => {
  expect(rangeKinds(definition({ type: 'int' }))).toEqual(['integer', 'categorical']);
  expect(rangeKinds(definition({ type: 'float' }))).toEqual(['continuous', 'categorical']);
  expect(rangeKinds(definition({ choices: ['a'] }))).toEqual(['categorical']);
  expect(rangeKinds(definition({ type: 'int', choices: [1, 2] }))).toEqual(['categorical']);
  expect(rangeKinds(definition({ type: 'list' }))).toEqual(['categorical']);
  expect(rangeKinds(undefined)).toEqual(['continuous', 'integer', 'categorical']);
});

it('begins a range with what is recommended, or leaves it open', () => {
  const eta = definition({ type: 'float', recommended: [0.1, 0.5] });
  expect(firstRange('continuous', eta, 0.3)).toEqual({ min_value: 0.1, max_value: 0.5 });
  expect(firstRange('integer', undefined, 3)).toEqual({});
  expect(firstRange('categorical', definition({ choices: ['a', 'b'] }), 'a')).toEqual(['a', 'b']);
  expect(
    firstRange('categorical', definition({ choices: ['a', 'b'], recommended_values: ['b'] }), 'a')
  ).toEqual(['b']);
  expect(firstRange('categorical', undefined, 'x')).toEqual(['x']);
});
