import type { MetricSeries } from '../api/types';

/** Metrics that belong into one chart, because they measure the same on different data. */
export interface IMetricGroup {
  title: string;
  series: readonly MetricSeries[];
}

/** `train:loss`, `val_loss`, `validation-loss` are all `loss`. */
const DATA_SET = /^(?:train|training|valid|validation|val|test|eval|evaluation)[:_\-/. ]+(.+)$/i;

/** One group for each measure, in the order of the names. */
export function groupMetrics(series: readonly MetricSeries[]): IMetricGroup[] {
  const groups = new Map<string, MetricSeries[]>();
  for (const each of [...series].sort((a, b) => a.metric_name.localeCompare(b.metric_name))) {
    const title = DATA_SET.exec(each.metric_name)?.[1] ?? each.metric_name;
    groups.set(title, [...(groups.get(title) ?? []), each]);
  }
  return [...groups].map(([title, members]) => ({ title, series: members }));
}

/** What a value is drawn over: its number in its series, or the seconds since the first value of all. */
export type MetricAxis = 'step' | 'time';

/** All series over one axis: the x values, and for each series its value at each of them. */
export interface IAlignedMetrics {
  x: number[];
  values: (number | null)[][];
}

/** Two values of one series at the same millisecond are drawn this many seconds apart. */
const APART = 1e-4;

export function alignMetrics(series: readonly MetricSeries[], axis: MetricAxis): IAlignedMetrics {
  const start = Math.min(...series.map(each => each.points[0]?.timestamp ?? Infinity));
  const places = series.map(each => {
    let last = -Infinity;
    return each.points.map((point, index) => {
      if (axis === 'step') {
        return index + 1;
      }
      last = Math.max((point.timestamp - start) / 1000, last + APART);
      return last;
    });
  });
  const x = [...new Set(places.flat())].sort((a, b) => a - b);
  const row = new Map(x.map((place, index) => [place, index]));
  const values = series.map((each, number) => {
    const column: (number | null)[] = new Array(x.length).fill(null);
    each.points.forEach((point, index) => {
      column[row.get(places[number][index])!] = point.value;
    });
    return column;
  });
  return { x, values };
}

/** Steps where all series have as many values as each other; otherwise equal steps would not mean equal moments. */
export function naturalAxis(series: readonly MetricSeries[]): MetricAxis {
  return new Set(series.map(each => each.points.length)).size <= 1 ? 'step' : 'time';
}
