import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { MetricSeries } from '../api/types';
import { Choice } from '../common/choice';
import { ErrorView } from '../common/errorView';
import { formatDuration, formatNumber, formatValue } from '../common/format';
import { type IColumn, Listing } from '../common/listing';
import { EmptyView, LoadingView } from '../common/stateView';
import { useLoaded } from '../common/useLoaded';
import type { JobModel } from './jobModel';
import {
  alignMetrics,
  groupMetrics,
  naturalAxis,
  type IMetricGroup,
  type MetricAxis
} from './metricGroups';
import { DASHES, lineColor } from './metricStyle';
import { isRunning } from './model';

/** A chunk of its own, which is not there any more after an update of the server while this page was open. */
const loadChart = () => import('./metricsChart');

export interface IMetricsViewProps {
  model: JobModel;
  trans: TranslationBundle;
}

/** The metrics of a job as charts, or as a table of all values. */
export function MetricsView(props: IMetricsViewProps): JSX.Element {
  const { model, trans } = props;
  const series = model.metrics ?? [];
  const [asTable, setAsTable] = React.useState(false);
  const [chosenAxis, setAxis] = React.useState<MetricAxis | null>(null);
  const axis = chosenAxis ?? naturalAxis(series);
  const groups = React.useMemo(() => groupMetrics(series), [model.metrics]);

  if (model.metricsError && series.length === 0) {
    return (
      <ErrorView error={model.metricsError} trans={trans} onRetry={() => void model.refresh()} />
    );
  }
  if (!model.metrics || !model.job) {
    return <LoadingView trans={trans} />;
  }
  if (series.length === 0) {
    const defined = Object.keys(model.job.metric_definitions ?? {}).length > 0;
    return (
      <>
        <EmptyView
          title={isRunning(model.job) ? trans.__('No values yet') : trans.__('No metrics')}
          hint={
            defined
              ? trans.__('No log line matches a metric of this job so far.')
              : trans.__(
                  'This job defines no metrics. An Estimator finds them in the log lines by regular expressions.'
                )
          }
        />
        <Unreadable model={model} trans={trans} />
      </>
    );
  }
  return (
    <div className="jp-smext-Metrics">
      <div className="jp-smext-Metrics-bar">
        <Choice
          label={trans.__('Show as')}
          value={asTable ? 'table' : 'chart'}
          choices={{ chart: trans.__('Charts'), table: trans.__('Table') }}
          onChange={value => setAsTable(value === 'table')}
        />
        <Choice
          label={trans.__('Over')}
          value={axis}
          choices={{ step: trans.__('Step'), time: trans.__('Time') }}
          onChange={value => setAxis(value as MetricAxis)}
        />
      </div>
      {model.onlyFinalMetrics && (
        <p className="jp-smext-Metrics-note">
          {trans.__('Only the last value of each metric is known: no log line holds any.')}
        </p>
      )}
      <Unreadable model={model} trans={trans} />
      {asTable ? (
        <ValueTable series={series} axis={axis} trans={trans} />
      ) : (
        <div className="jp-smext-Metrics-groups">
          {groups.map(group => (
            <Group key={group.title} group={group} axis={axis} trans={trans} />
          ))}
        </div>
      )}
    </div>
  );
}

/** One chart, and its lines with their values. */
function Group(props: {
  group: IMetricGroup;
  axis: MetricAxis;
  trans: TranslationBundle;
}): JSX.Element {
  const { group, axis, trans } = props;
  const [hidden, setHidden] = React.useState<ReadonlySet<string>>(new Set());
  const [hover, setHover] = React.useState<readonly (number | null)[] | null>(null);
  const toggle = (name: string) => {
    const next = new Set(hidden);
    if (!next.delete(name)) {
      next.add(name);
    }
    setHidden(next);
  };
  const { value, error, reload } = useLoaded(loadChart);
  const MetricsChart = value?.default;
  return (
    <figure className="jp-smext-Metrics-group">
      <figcaption>{group.title}</figcaption>
      {MetricsChart ? (
        <MetricsChart
          group={group}
          axis={axis}
          hidden={hidden}
          label={trans.__('Chart of %1', group.title)}
          onHover={setHover}
        />
      ) : error ? (
        <ErrorView error={error} trans={trans} onRetry={reload} />
      ) : (
        <LoadingView trans={trans} />
      )}
      <table className="jp-smext-Table">
        <thead>
          <tr>
            <th scope="col">{trans.__('Metric')}</th>
            <th scope="col">{hover ? trans.__('Here') : trans.__('Last')}</th>
            <th scope="col">{trans.__('Lowest')}</th>
            <th scope="col">{trans.__('Highest')}</th>
          </tr>
        </thead>
        <tbody>
          {group.series.map((series, index) => {
            const values = series.points.map(point => point.value);
            return (
              <tr key={series.metric_name}>
                <th scope="row">
                  <label className="jp-smext-Toggle">
                    <input
                      type="checkbox"
                      checked={!hidden.has(series.metric_name)}
                      onChange={() => toggle(series.metric_name)}
                    />
                    <LineSample index={index} />
                    {series.metric_name}
                  </label>
                </th>
                <td>{formatValue(hover ? hover[index] : values[values.length - 1])}</td>
                <td>{formatValue(lowest(values))}</td>
                <td>{formatValue(highest(values))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </figure>
  );
}

/** Colour and dash of a line, as in its chart. */
function LineSample(props: { index: number }): JSX.Element {
  return (
    <svg className="jp-smext-LineSample" viewBox="0 0 24 8" aria-hidden="true">
      <line
        x1="0"
        x2="24"
        y1="4"
        y2="4"
        strokeWidth="2"
        stroke={`var(${lineColor(props.index)})`}
        strokeDasharray={DASHES[props.index % DASHES.length].join(' ')}
      />
    </svg>
  );
}

interface IValueRow {
  x: number;
  values: (number | null)[];
}

/** Every value of every metric. */
function ValueTable(props: {
  series: readonly MetricSeries[];
  axis: MetricAxis;
  trans: TranslationBundle;
}): JSX.Element {
  const { series, axis, trans } = props;
  const [selected, setSelected] = React.useState<ReadonlySet<string>>(new Set());
  const rows = React.useMemo(() => {
    const { x, values } = alignMetrics(series, axis);
    return x.map((place, row): IValueRow => ({
      x: place,
      values: values.map(column => column[row])
    }));
  }, [series, axis]);
  const columns: IColumn<IValueRow>[] = [
    {
      id: 'x',
      label: axis === 'step' ? trans.__('Step') : trans.__('Time'),
      track: '80px',
      align: 'end',
      render: row => (axis === 'step' ? formatNumber(row.x) : formatDuration(row.x))
    },
    ...series.map((each, index): IColumn<IValueRow> => ({
      id: each.metric_name,
      label: each.metric_name,
      track: 'minmax(0, 1fr)',
      align: 'end',
      render: row => formatValue(row.values[index])
    }))
  ];
  return (
    <Listing
      label={trans.__('Values of the metrics')}
      rows={rows}
      columns={columns}
      keyOf={row => String(row.x)}
      nameOf={row => String(row.x)}
      selected={selected}
      onSelect={setSelected}
      onOpen={() => undefined}
      trans={trans}
    />
  );
}

function Unreadable(props: IMetricsViewProps): JSX.Element | null {
  const { model, trans } = props;
  const entries = Object.entries(model.unreadableMetrics);
  return entries.length ? (
    <div className="jp-smext-Metrics-note" role="alert">
      {trans.__('These metrics have a regular expression that cannot be used:')}
      <ul>
        {entries.map(([name, reason]) => (
          <li key={name}>
            {name}: {reason}
          </li>
        ))}
      </ul>
    </div>
  ) : null;
}

// Spreading a long array into Math.min would overflow the stack.
function lowest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Infinity);
}

function highest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), -Infinity);
}
