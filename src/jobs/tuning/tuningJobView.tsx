import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Trial } from '../../api/types';
import { ErrorView } from '../../common/errorView';
import { LoadingView } from '../../common/stateView';
import { Tabs } from '../../common/tabs';
import { WhyButton } from '../../common/whyButton';
import { ChartsView } from './chartsView';
import { Head } from './head';
import { SettingsView } from './settingsView';
import { TrialCard } from './trialCard';
import { TrialsTable } from './trialsTable';
import type { TuningJobModel } from './tuningJobModel';

/** What can be done with one training job of a tuning job. */
export interface ITrialActions {
  open: (trainingJobName: string) => void;
  /** Null where endpoints are switched off. */
  deploy: ((trainingJobName: string) => void) | null;
  /** Null where Estimators are switched off. */
  newSpec: ((trainingJobName: string) => void) | null;
}

export interface ITuningJobViewProps {
  model: TuningJobModel;
  trans: TranslationBundle;
  onStop: () => void;
  onOpenTuningJob: (name: string) => void;
  actions: ITrialActions;
}

/** One tuning job: how far it is, the best it has found, and everything that it tried. */
export function TuningJobView(props: ITuningJobViewProps): JSX.Element {
  return <UseSignal signal={props.model.changed}>{() => <View {...props} />}</UseSignal>;
}

function View(props: ITuningJobViewProps): JSX.Element {
  const { model, trans, actions } = props;
  const { job, trials } = model;
  const [tab, setTab] = React.useState('trials');
  const [chosen, setChosen] = React.useState<string | null>(null);
  if (!job) {
    return model.error ? (
      <ErrorView error={model.error} trans={trans} onRetry={() => void model.refresh()} />
    ) : (
      <LoadingView trans={trans} />
    );
  }
  const best = job.best_training_job;
  const overall = job.overall_best_training_job;
  const chosenTrial = trials?.find(each => each.training_job_name === chosen) ?? null;
  const card = (trial: Trial, title: string) => (
    <TrialCard job={job} trial={trial} title={title} actions={actions} trans={trans} />
  );
  /** A part that shows the trials, or says why it cannot, and the one of them that was chosen. */
  const withTrials = (show: (known: readonly Trial[]) => React.ReactNode) => (
    <>
      {model.trialsError && (
        <ErrorView
          error={model.trialsError}
          compact={trials !== null}
          trans={trans}
          onRetry={() => void model.refresh()}
        />
      )}
      {trials ? show(trials) : !model.trialsError && <LoadingView trans={trans} />}
      {chosenTrial &&
        chosen !== best?.training_job_name &&
        card(chosenTrial, trans.__('Chosen training job'))}
    </>
  );
  return (
    <>
      <Head {...props} job={job} />
      {model.error && (
        <ErrorView error={model.error} compact trans={trans} onRetry={() => void model.refresh()} />
      )}
      {job.failure_reason && (
        <section className="jp-smext-Failure" role="alert">
          <h3>{trans.__('Why it failed')}</h3>
          <pre tabIndex={0}>{job.failure_reason}</pre>
          <WhyButton refusal={{ text: `FailureReason: ${job.failure_reason}` }} trans={trans} />
        </section>
      )}
      {best && card(best, trans.__('Best training job'))}
      {overall &&
        overall.training_job_name !== best?.training_job_name &&
        card(overall, trans.__('Best of the tuning jobs it learned from'))}
      <Tabs
        label={trans.__('Parts of the tuning job')}
        current={tab}
        onChange={setTab}
        tabs={[
          {
            id: 'trials',
            label: trans.__('Training jobs'),
            content: () =>
              withTrials(known => (
                <TrialsTable
                  job={job}
                  trials={known}
                  chosen={chosen}
                  onChoose={setChosen}
                  onOpen={actions.open}
                  trans={trans}
                />
              ))
          },
          {
            id: 'charts',
            label: trans.__('Charts'),
            content: () =>
              withTrials(known => (
                <ChartsView job={job} trials={known} onChoose={setChosen} trans={trans} />
              ))
          },
          {
            id: 'settings',
            label: trans.__('Settings'),
            content: () => (
              <SettingsView job={job} onOpenTuningJob={props.onOpenTuningJob} trans={trans} />
            )
          },
          {
            id: 'json',
            label: trans.__('JSON'),
            content: () => (
              <pre className="jp-smext-Json" tabIndex={0}>
                {JSON.stringify(job.describe, null, 2)}
              </pre>
            )
          }
        ]}
      />
    </>
  );
}
