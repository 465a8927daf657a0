import * as React from 'react';
// This module is a chunk of its own, fetched with the first chart.
// eslint-disable-next-line jupyter/prefer-lazy-imports -- what imports this module is lazy
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useTheme } from '../../common/useTheme';
import type { ITrialChart, ITrialPoint } from './chartData';

/** Pixels. */
const HEIGHT = 260;
const POINT = 8;
const BEST_POINT = 14;
/** A point is meant by a pointer that is this near to it. */
const REACH = 24;

export interface ITrialsChartProps {
  chart: ITrialChart;
  /** Of the x axis. */
  xLabel: string;
  /** Read out by screen readers. */
  label: string;
  /** The training job under the pointer; null: none. */
  onHover: (point: ITrialPoint | null) => void;
  onChoose: (point: ITrialPoint) => void;
}

/** Training jobs as points, the best one larger than the others, and the best objective so far as a line. */
export default function TrialsChart(props: ITrialsChartProps): JSX.Element {
  const { chart } = props;
  const element = React.useRef<HTMLDivElement>(null);
  const plot = React.useRef<uPlot | null>(null);
  const theme = useTheme();
  const latest = React.useRef(props);
  latest.current = props;
  const { axis } = chart;
  // What a plot is made for; new values alone go into the one that there is.
  const made = JSON.stringify([axis, props.xLabel, chart.bestSoFar !== null, theme]);

  React.useEffect(() => {
    const parent = element.current;
    if (!parent) {
      return;
    }
    plot.current = new uPlot(
      {
        width: parent.clientWidth || 400,
        height: HEIGHT,
        legend: { show: false },
        cursor: { x: false, y: false, points: { show: false }, drag: { x: false, y: false } },
        scales: { x: xScale(axis) },
        axes: axes(parent, axis, props.xLabel),
        series: series(parent),
        hooks: {
          setCursor: [
            self => {
              const point = nearest(self, latest.current.chart.points);
              self.over.style.cursor = point ? 'pointer' : '';
              latest.current.onHover(point);
            }
          ]
        }
      },
      columns(latest.current.chart),
      parent
    );
    const { over } = plot.current;
    const onClick = () => {
      const point = plot.current && nearest(plot.current, latest.current.chart.points);
      if (point) {
        latest.current.onChoose(point);
      }
    };
    over.addEventListener('click', onClick);
    const observer = new ResizeObserver(() => {
      if (parent.clientWidth) {
        plot.current?.setSize({ width: parent.clientWidth, height: HEIGHT });
      }
    });
    observer.observe(parent);
    return () => {
      observer.disconnect();
      over.removeEventListener('click', onClick);
      plot.current?.destroy();
      plot.current = null;
    };
  }, [made]);

  React.useEffect(() => {
    plot.current?.setData(columns(chart));
  }, [chart, made]);

  return <div ref={element} className="jp-smext-TrialsChart" role="img" aria-label={props.label} />;
}

function columns({ points, bestSoFar }: ITrialChart): uPlot.AlignedData {
  return [
    points.map(point => point.x),
    bestSoFar ? [...bestSoFar] : points.map(() => null),
    points.map(point => (point.isBest ? null : point.y)),
    points.map(point => (point.isBest ? point.y : null))
  ];
}

function xScale(axis: ITrialChart['axis']): uPlot.Scale {
  if (axis.kind === 'names') {
    return { time: false, range: [-0.5, axis.names.length - 0.5] };
  }
  return { time: false, distr: axis.kind === 'log' ? 3 : 1, range: [...axis.range] };
}

function axes(parent: HTMLElement, axis: ITrialChart['axis'], xLabel: string): uPlot.Axis[] {
  const font = (weight: string) => `${weight} 11px ${colorOf(parent, '--jp-ui-font-family')}`;
  const common = {
    stroke: colorOf(parent, '--jp-ui-font-color1'),
    ticks: { show: false },
    grid: { stroke: colorOf(parent, '--jp-border-color2'), width: 1 },
    font: font('normal'),
    labelFont: font('normal'),
    labelSize: 20
  };
  const x: uPlot.Axis = { ...common, size: 28, label: xLabel };
  if (axis.kind === 'names') {
    x.splits = axis.names.map((_, index) => index);
    x.values = () => [...axis.names];
  } else if (axis.kind === 'linear') {
    // A number has a line of its own, but no half of it.
    x.incrs = Number.isInteger(axis.range[0] + 0.5)
      ? [1, 2, 5, 10, 20, 50, 100, 200, 500]
      : undefined;
  }
  return [x, { ...common, size: 60 }];
}

function series(parent: HTMLElement): uPlot.Series[] {
  const points = (color: string, size: number): uPlot.Series => ({
    stroke: colorOf(parent, color),
    paths: () => null,
    points: {
      show: true,
      size,
      fill: colorOf(parent, color),
      stroke: colorOf(parent, '--jp-layout-color1')
    }
  });
  return [
    {},
    {
      stroke: colorOf(parent, '--jp-ui-font-color2'),
      width: 1.5,
      dash: [6, 3],
      paths: uPlot.paths.stepped?.({ align: 1 }),
      points: { show: false }
    },
    points('--jp-brand-color1', POINT),
    points('--jp-success-color1', BEST_POINT)
  ];
}

/** The point nearest to the pointer; null where none is near. */
function nearest(plot: uPlot, points: readonly ITrialPoint[]): ITrialPoint | null {
  const { left, top } = plot.cursor;
  if (left === undefined || top === undefined || left < 0) {
    return null;
  }
  let found: ITrialPoint | null = null;
  let reach = REACH;
  for (const point of points) {
    const distance = Math.hypot(
      plot.valToPos(point.x, 'x') - left,
      plot.valToPos(point.y, 'y') - top
    );
    if (distance < reach) {
      reach = distance;
      found = point;
    }
  }
  return found;
}

function colorOf(element: HTMLElement, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim();
}
