import { Signal } from '@lumino/signaling';
import { SmextError } from '../../../api/client';
import type { HyperParameterTuningJob, TrialsResult, TuningJobPage } from '../../../api/types';
import type { ISmext, ISmextEvents, ITuningEvent } from '../../../tokens';
import { BestObjectives } from '../bestObjectives';
import { TuningJobsModel } from '../model';
import type { TuningService } from '../service';
import { TuningJobModel } from '../tuningJobModel';

function refused(): SmextError {
  return new SmextError({ code: 'AccessDenied', message: 'no', retryable: false }, 403);
}

function smextWith(): { smext: ISmext; event: Signal<ISmextEvents, ITuningEvent> } {
  const owner = {} as ISmextEvents;
  const event = new Signal<ISmextEvents, ITuningEvent>(owner);
  const smext = {
    events: { tuning: event },
    problem: null,
    problemChanged: new Signal<object, SmextError | null>(owner),
    ready: Promise.resolve(),
    identity: null
  } as unknown as ISmext;
  return { smext, event };
}

describe('TuningJobModel', () => {
  function modelOf() {
    let status = 'InProgress';
    const service = {
      describe: jest.fn(async () => ({ hyper_parameter_tuning_job_status: status })),
      trials: jest.fn(
        async () => ({ trials: [], cost: { running: 0 } }) as unknown as TrialsResult
      ),
      stop: jest.fn(async () => {
        status = 'Stopped';
        return { hyper_parameter_tuning_job_status: 'Stopping' };
      })
    };
    const model = new TuningJobModel(
      service as unknown as TuningService,
      smextWith().smext,
      'tune'
    );
    return { model, service, end: () => (status = 'Completed') };
  }

  it('reads the training jobs once more after the end, and then no more', async () => {
    const { model, service, end } = modelOf();
    await model.refresh();
    end();
    await model.refresh();
    expect(service.trials).toHaveBeenCalledTimes(2);
    await model.refresh();
    expect(service.trials).toHaveBeenCalledTimes(2);
    expect(service.describe).toHaveBeenCalledTimes(3);
    model.dispose();
  });

  it('asks once where two ask at the same time', async () => {
    const { model, service } = modelOf();
    await Promise.all([model.refresh(), model.refresh()]);
    expect(service.describe).toHaveBeenCalledTimes(1);
    model.dispose();
  });

  it('shows the job also where its training jobs cannot be read', async () => {
    const { model, service } = modelOf();
    service.trials.mockRejectedValueOnce(refused());
    await model.refresh();
    expect(model.job?.hyper_parameter_tuning_job_status).toBe('InProgress');
    expect(model.error).toBeNull();
    expect(model.trialsError?.envelope.code).toBe('AccessDenied');
    await model.refresh();
    expect(model.trialsError).toBeNull();
    model.dispose();
  });

  it('keeps what it knew where the job cannot be read any more', async () => {
    const { model, service } = modelOf();
    await model.refresh();
    service.describe.mockRejectedValueOnce(refused());
    await model.refresh();
    expect(model.error?.envelope.code).toBe('AccessDenied');
    expect(model.job).not.toBeNull();
    model.dispose();
  });

  it('looks again after a stop', async () => {
    const { model } = modelOf();
    const stopping = model.stop();
    expect(model.stopping).toBe(true);
    await stopping;
    expect(model.job?.hyper_parameter_tuning_job_status).toBe('Stopped');
    expect(model.stopping).toBe(false);
    model.dispose();
  });
});

describe('BestObjectives', () => {
  const row = (name: string, Completed: number) => ({
    hyper_parameter_tuning_job_name: name,
    hyper_parameter_tuning_job_status: 'InProgress',
    training_job_status_counters: { Completed }
  });

  it('asks for jobs in which something has ended, and again only when more has', async () => {
    let rows = [row('a', 1), row('b', 0), row('c', 2)];
    const describe = jest.fn(async (name: string) => {
      if (name === 'c') {
        throw refused();
      }
      return { best_training_job: { objective: 0.5 } } as HyperParameterTuningJob;
    });
    const service = {
      list: async () => ({ tuning_jobs: rows, next_token: null }) as unknown as TuningJobPage,
      describe
    } as unknown as TuningService;
    const list = new TuningJobsModel(service, { smext: smextWith().smext, isWatched: () => false });
    const bests = new BestObjectives(service, list);
    const told = () => new Promise<void>(done => bests.changed.connect(() => done()));
    const asked = () => describe.mock.calls.map(([name]) => name);

    let heard = told();
    await list.refresh();
    await heard;
    await new Promise(resolve => setTimeout(resolve));
    expect(asked()).toEqual(['a', 'c']);
    expect(list.rows.map(each => bests.of(each))).toEqual([0.5, null, null]);

    await list.refresh();
    expect(asked()).toEqual(['a', 'c']);
    rows = [row('a', 2), row('b', 0), row('c', 2)];
    heard = told();
    await list.refresh();
    await heard;
    expect(asked()).toEqual(['a', 'c', 'a']);
    list.dispose();
  });
});
