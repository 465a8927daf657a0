import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { HyperParameterTuningJob, Trial } from '../../api/types';
import { Choice } from '../../common/choice';
import { ErrorView } from '../../common/errorView';
import { formatValue } from '../../common/format';
import { EmptyView, LoadingView } from '../../common/stateView';
import { useLoaded } from '../../common/useLoaded';
import {
  type ITrialChart,
  type ITrialPoint,
  logChoice,
  overHyperparameter,
  overTrials
} from './chartData';
import { objectiveOf, shortName, tunedNames } from './trials';

/** A chunk of its own, which is not there any more after an update of the server while this page was open. */
const loadChart = () => import('./trialsChart');

export interface IChartsViewProps {
  job: HyperParameterTuningJob;
  trials: readonly Trial[];
  onChoose: (trainingJobName: string) => void;
  trans: TranslationBundle;
}

/** How the objective went on, and what it has to do with each hyperparameter. */
export function ChartsView(props: IChartsViewProps): JSX.Element {
  const { job, trials, trans } = props;
  const names = tunedNames(job, trials);
  const [chosenName, setName] = React.useState<string | null>(null);
  const [chosenScale, setScale] = React.useState<Readonly<Record<string, boolean>>>({});
  const name = chosenName ?? names[0];
  const { possible, natural } = logChoice(job, name);
  const log = possible && (chosenScale[name] ?? natural);
  const progress = React.useMemo(() => overTrials(job, trials), [job, trials]);
  const relation = React.useMemo(
    () => overHyperparameter(job, trials, name, log),
    [job, trials, name, log]
  );
  const metric = objectiveOf(job)?.metric_name ?? trans.__('Objective');

  if (progress.points.length === 0) {
    return (
      <EmptyView
        title={trans.__('No values yet')}
        hint={trans.__('No training job has reported the objective so far.')}
      />
    );
  }
  return (
    <div className="jp-smext-Metrics-groups jp-smext-TrialsCharts">
      <Figure
        {...props}
        title={trans.__('%1 of each training job', metric)}
        chart={progress}
        xLabel={trans.__('Training job, in the order of start')}
      />
      {name && (
        <Figure
          {...props}
          title={trans.__('%1 by hyperparameter', metric)}
          chart={relation}
          xLabel={name}
          controls={
            <>
              <HTMLSelect
                aria-label={trans.__('Hyperparameter')}
                value={name}
                onChange={event => setName(event.target.value)}
              >
                {names.map(each => (
                  <option key={each} value={each}>
                    {each}
                  </option>
                ))}
              </HTMLSelect>
              {possible && (
                <Choice
                  label={trans.__('Axis')}
                  value={log ? 'log' : 'linear'}
                  choices={{ linear: trans.__('Linear'), log: trans.__('Logarithmic') }}
                  onChange={value => setScale({ ...chosenScale, [name]: value === 'log' })}
                />
              )}
            </>
          }
        />
      )}
    </div>
  );
}

function Figure(
  props: IChartsViewProps & {
    title: string;
    chart: ITrialChart;
    xLabel: string;
    controls?: React.ReactNode;
  }
): JSX.Element {
  const { job, title, chart, xLabel, controls, onChoose, trans } = props;
  const [hover, setHover] = React.useState<ITrialPoint | null>(null);
  const { value, error, reload } = useLoaded(loadChart);
  const TrialsChart = value?.default;
  return (
    <figure className="jp-smext-Metrics-group">
      <figcaption>
        <span>{title}</span>
        {controls}
      </figcaption>
      {TrialsChart ? (
        <TrialsChart
          chart={chart}
          xLabel={xLabel}
          label={trans._n(
            '%2: chart of %1 training job',
            '%2: chart of %1 training jobs',
            chart.points.length,
            title
          )}
          onHover={setHover}
          onChoose={({ trial }) => onChoose(trial.training_job_name)}
        />
      ) : error ? (
        <ErrorView error={error} trans={trans} onRetry={reload} />
      ) : (
        <LoadingView trans={trans} />
      )}
      <div className="jp-smext-TrialsCharts-legend">
        <span>
          <Sample kind="trial" /> {trans.__('Training job')}
        </span>
        {chart.points.some(each => each.isBest) && (
          <span>
            <Sample kind="best" /> {trans.__('Best')}
          </span>
        )}
        {chart.bestSoFar && (
          <span>
            <Sample kind="line" /> {trans.__('Best so far')}
          </span>
        )}
      </div>
      <p className="jp-smext-TrialsCharts-note">
        {hover
          ? [shortName(job, hover.trial), formatValue(hover.y), ...triedWords(hover.trial)].join(
              ' · '
            )
          : trans.__('Point at a training job to see what it tried, and click to choose it.')}
      </p>
    </figure>
  );
}

function triedWords(trial: Trial): string[] {
  return Object.entries(trial.tuned_hyperparameters ?? {}).map(([key, value]) => `${key}=${value}`);
}

/** A point or a line as in the chart. */
function Sample(props: { kind: 'trial' | 'best' | 'line' }): JSX.Element {
  return (
    <svg
      className="jp-smext-LineSample"
      viewBox="0 0 24 16"
      data-kind={props.kind}
      aria-hidden="true"
    >
      {props.kind === 'line' ? (
        <line x1="0" x2="24" y1="8" y2="8" strokeWidth="2" strokeDasharray="6 3" />
      ) : (
        <circle cx="12" cy="8" r={props.kind === 'best' ? 7 : 4} />
      )}
    </svg>
  );
}
