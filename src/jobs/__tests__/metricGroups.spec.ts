import type { MetricSeries } from '../../api/types';
import { alignMetrics, groupMetrics, naturalAxis } from '../metricGroups';

function series(metric_name: string, points: [number, number][]): MetricSeries {
  return { metric_name, points: points.map(([timestamp, value]) => ({ timestamp, value })) };
}

describe('groupMetrics', () => {
  it('puts one measure of several data sets into one group', () => {
    const names = ['validation:loss', 'train:loss', 'val_accuracy', 'ndcg', 'test-set'];
    const groups = groupMetrics(names.map(name => series(name, [])));
    expect(groups.map(group => [group.title, group.series.map(each => each.metric_name)])).toEqual([
      ['ndcg', ['ndcg']],
      ['set', ['test-set']],
      ['loss', ['train:loss', 'validation:loss']],
      ['accuracy', ['val_accuracy']]
    ]);
  });
});

describe('alignMetrics', () => {
  it('counts steps', () => {
    const aligned = alignMetrics(
      [
        series('a', [
          [0, 5],
          [9, 6]
        ]),
        series('b', [[1, 7]])
      ],
      'step'
    );
    expect(aligned).toEqual({
      x: [1, 2],
      values: [
        [5, 6],
        [7, null]
      ]
    });
  });

  it('joins moments, and keeps apart what one series says in one millisecond', () => {
    const { x, values } = alignMetrics(
      [
        series('a', [
          [1000, 1],
          [1000, 2],
          [3000, 3]
        ]),
        series('b', [[3000, 9]])
      ],
      'time'
    );
    expect(x).toHaveLength(3);
    expect(x[0]).toBe(0);
    expect(x[1]).toBeGreaterThan(0);
    expect(x[2]).toBe(2);
    expect(values).toEqual([
      [1, 2, 3],
      [null, null, 9]
    ]);
  });
});

describe('naturalAxis', () => {
  it('takes steps only where all series have as many', () => {
    const one = series('a', [[0, 1]]);
    const two = series('b', [
      [0, 1],
      [1, 2]
    ]);
    expect(naturalAxis([one, one])).toBe('step');
    expect(naturalAxis([one, two])).toBe('time');
  });
});
