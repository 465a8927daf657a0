import * as React from 'react';
// This module is a chunk of its own, fetched with the first chart.
// eslint-disable-next-line jupyter/prefer-lazy-imports -- what imports this module is lazy
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatDuration } from '../common/format';
import { useTheme } from '../common/useTheme';
import { alignMetrics, type IMetricGroup, type MetricAxis } from './metricGroups';
import { DASHES, lineColor } from './metricStyle';

/** Pixels. */
const HEIGHT = 220;

export interface IMetricsChartProps {
  group: IMetricGroup;
  axis: MetricAxis;
  hidden: ReadonlySet<string>;
  label: string;
  /** The row of the values under the pointer; null: the pointer is elsewhere. */
  onHover: (values: readonly (number | null)[] | null) => void;
}

/** The values of one group as lines, each with its own colour, dash and points. */
export default function MetricsChart(props: IMetricsChartProps): JSX.Element {
  const { group, axis, hidden } = props;
  const element = React.useRef<HTMLDivElement>(null);
  const chart = React.useRef<uPlot | null>(null);
  const theme = useTheme();
  const names = group.series.map(series => series.metric_name).join('\n');
  const onHover = React.useRef(props.onHover);
  onHover.current = props.onHover;

  React.useEffect(() => {
    const parent = element.current;
    if (!parent) {
      return;
    }
    const color = (name: string) => getComputedStyle(parent).getPropertyValue(name).trim();
    const text = color('--jp-ui-font-color1');
    const axes = {
      stroke: text,
      ticks: { show: false },
      font: `11px ${color('--jp-ui-font-family')}`
    };
    const grid = { stroke: color('--jp-border-color2'), width: 1 };
    chart.current = new uPlot(
      {
        width: parent.clientWidth || 400,
        height: HEIGHT,
        legend: { show: false },
        cursor: { y: false, drag: { x: true, y: false } },
        scales: { x: { time: false } },
        axes: [
          {
            ...axes,
            grid,
            incrs:
              axis === 'step'
                ? [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 1e5]
                : undefined,
            values: axis === 'time' ? (_, splits) => splits.map(formatDuration) : undefined
          },
          { ...axes, grid, size: 56 }
        ],
        series: [
          {},
          ...group.series.map((series, index) => ({
            label: series.metric_name,
            stroke: color(lineColor(index)),
            width: 1.5,
            dash: DASHES[index % DASHES.length],
            spanGaps: true,
            points: { size: 5 }
          }))
        ],
        hooks: {
          setCursor: [
            self => {
              const row = self.cursor.idx;
              onHover.current(
                row === null || row === undefined
                  ? null
                  : self.data.slice(1).map(column => column[row] ?? null)
              );
            }
          ]
        }
      },
      [[], ...group.series.map(() => [])],
      parent
    );
    const observer = new ResizeObserver(() => {
      if (parent.clientWidth) {
        chart.current?.setSize({ width: parent.clientWidth, height: HEIGHT });
      }
    });
    observer.observe(parent);
    return () => {
      observer.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [names, axis, theme]);

  React.useEffect(() => {
    const { x, values } = alignMetrics(group.series, axis);
    chart.current?.setData([x, ...values]);
  }, [group, axis, theme]);

  React.useEffect(() => {
    group.series.forEach((series, index) =>
      chart.current?.setSeries(index + 1, { show: !hidden.has(series.metric_name) })
    );
  }, [hidden, names, axis, theme]);

  return <div ref={element} className="jp-smext-Chart" role="img" aria-label={props.label} />;
}
